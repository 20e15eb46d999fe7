// What helps on every page: keys. Nothing works only with it.
"use strict";
(() => {
	const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName));
	const items = () => [...document.querySelectorAll("[data-item]")].filter((el) => el.offsetParent !== null);
	let at = -1;

	function go(step) {
		const all = items();
		if (!all.length) return;
		const focused = all.findIndex((el) => el.contains(document.activeElement));
		at = Math.max(0, Math.min(all.length - 1, (focused >= 0 ? focused : at) + step));
		const link = all[at].matches("a, button") ? all[at] : all[at].querySelector("a, button") || all[at];
		link.focus();
		all[at].scrollIntoView({ block: "nearest" });
	}

	function help() {
		let d = document.getElementById("keys");
		if (!d) {
			d = document.createElement("dialog");
			d.id = "keys";
			d.setAttribute("aria-labelledby", "keys-title");
			const keys = [["/", "to the search box"], ["j, k", "next, previous"], ["Enter", "open it"], ["?", "this help"], ["Esc", "close"]];
			const h = document.createElement("h2");
			h.id = "keys-title";
			h.textContent = "Keys";
			const dl = document.createElement("dl");
			for (const [key, does] of keys) {
				const dt = document.createElement("dt");
				const kbd = document.createElement("kbd");
				kbd.textContent = key;
				dt.append(kbd);
				const dd = document.createElement("dd");
				dd.textContent = does;
				dl.append(dt, dd);
			}
			const form = document.createElement("form");
			form.method = "dialog";
			const close = document.createElement("button");
			close.textContent = "Close";
			form.append(close);
			d.append(h, dl, form);
			document.body.append(d);
		}
		d.showModal();
	}

	document.addEventListener("keydown", (e) => {
		if (e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || document.querySelector("dialog[open]")) return;
		const box = document.querySelector("input[type=search]");
		if (e.key === "/" && box) {
			box.focus();
			box.select();
		} else if (e.key === "j" || e.key === "k") {
			go(e.key === "j" ? 1 : -1);
		} else if (e.key === "?") {
			help();
		} else {
			return;
		}
		e.preventDefault();
	});

	// A button that undoes much says so once more.
	document.addEventListener("submit", (e) => {
		const ask = e.submitter && e.submitter.dataset.ask;
		if (ask && !window.confirm(ask)) e.preventDefault();
	});
})();
