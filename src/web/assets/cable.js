// The cable page: cables like it when asked for, and copying a citation.
"use strict";
(() => {
	const related = document.querySelector("[data-related]");
	if (related)
		related.querySelector("a").addEventListener("click", async (e) => {
			e.preventDefault();
			const link = e.target;
			const answer = await fetch(link.href).catch(() => null);
			if (!answer || !answer.ok) {
				location.href = link.href;
				return;
			}
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");
			const list = page.getElementById("related");
			if (list) related.replaceWith(document.adoptNode(list));
		});
	if (navigator.clipboard)
		for (const pre of document.querySelectorAll("[data-copy]")) {
			const button = document.createElement("button");
			button.className = "second";
			button.textContent = "Copy";
			button.addEventListener("click", async () => {
				await navigator.clipboard.writeText(pre.textContent);
				button.textContent = "Copied";
			});
			pre.after(button);
		}
})();
