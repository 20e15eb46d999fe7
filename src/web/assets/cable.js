// A cable's page: related cables when one asks for them, and buttons that copy.
"use strict";
(() => {
	const related = document.querySelector("[data-related]");

	function show(list, id) {
		const ul = document.createElement("ul");
		ul.className = "plain near";
		const here = location.pathname.replace(/[^/]*$/, "");
		for (const hit of list) {
			const li = document.createElement("li");
			const a = document.createElement("a");
			a.className = "mono";
			a.href = here + encodeURIComponent(hit.id);
			a.textContent = hit.id;
			const date = document.createElement("span");
			date.className = "soft";
			date.textContent = " " + (hit.date || "") + " ";
			const about = document.createElement("bdi");
			about.className = "about";
			about.textContent = hit.subject || "";
			li.append(a, date, about);
			ul.append(li);
		}
		if (!list.length) {
			const p = document.createElement("p");
			p.className = "soft";
			p.textContent = "No other cable has much in common with " + id + ".";
			return p;
		}
		return ul;
	}

	if (related) {
		const p = related.querySelector("p");
		const button = document.createElement("button");
		button.className = "second";
		button.textContent = "Show cables with much in common";
		p.replaceChildren(button);
		button.addEventListener("click", async () => {
			button.disabled = true;
			try {
				const answer = await fetch("/api/v1" + related.dataset.related, { headers: { Accept: "application/json" } });
				const all = await answer.json();
				if (!answer.ok) throw new Error(all.error.message);
				const list = show(all.hits, all.id);
				list.tabIndex = -1;
				p.replaceWith(list);
				list.focus();
			} catch (e) {
				location.assign(related.dataset.related);
			}
		});
	}

	for (const pre of document.querySelectorAll("pre.copy")) {
		if (!navigator.clipboard) break;
		const button = document.createElement("button");
		button.className = "second copy-button";
		button.textContent = "Copy";
		button.setAttribute("aria-describedby", pre.getAttribute("aria-labelledby"));
		button.addEventListener("click", async () => {
			await navigator.clipboard.writeText(pre.textContent);
			button.textContent = "Copied";
			setTimeout(() => { button.textContent = "Copy"; }, 2000);
		});
		pre.after(button);
	}
})();
