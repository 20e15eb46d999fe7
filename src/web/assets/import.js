// The import page: the figures move while it goes on, and the page is loaded anew at its end.
"use strict";
(() => {
	const job = document.querySelector("[data-events]");
	if (!job) return;
	const words = { reading: "Reading", indexing: "All is read; the index takes it in", stopping: "Stopping: what is read is kept", ended: "Ended" };
	const say = (what, text) => {
		const el = job.querySelector(what);
		if (el && el.textContent !== text) el.textContent = text;
	};
	const size = (n) => (n < 1e6 ? (n / 1e3).toFixed(1) + "\u00a0kB" : (n / 1e6).toFixed(1) + "\u00a0MB");
	const bar = document.getElementById("job-bar");
	const events = new EventSource(job.dataset.events);

	events.addEventListener("progress", (e) => {
		const x = JSON.parse(e.data);
		say('[data-job="doing"]', words[x.doing] || "");
		say('[data-job="bytes"]', size(x.done) + (x.total ? " of " + size(x.total) : ""));
		if (x.total && x.doing === "reading") {
			bar.max = x.total;
			bar.value = Math.min(x.done, x.total);
		}
		for (const [key, n] of Object.entries(x.import || {})) say('[data-figure="' + key + '"]', String(n));
	});
	events.addEventListener("end", () => {
		events.close();
		window.location.reload();
	});
})();
