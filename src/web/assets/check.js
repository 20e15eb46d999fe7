// The check: a quotation's card is brought level with it, and more of the cable is fetched beside it.
"use strict";
(() => {
	const cards = document.querySelector(".cards");
	if (!cards) return;
	const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
	const beside = () => getComputedStyle(cards).position === "sticky";
	const card_of = (q) => document.getElementById("q" + q.dataset.quote);

	function show(q, card) {
		for (const el of document.querySelectorAll(".q.here, .card.here")) el.classList.remove("here");
		q.classList.add("here");
		card.classList.add("here");
	}

	// Scrolls the cards alone, so that the eye stays on the story.
	function level(q, card) {
		const wanted = Math.max(cards.getBoundingClientRect().top, Math.min(q.getBoundingClientRect().top, innerHeight / 2));
		cards.scrollBy({ top: card.getBoundingClientRect().top - wanted, behavior: calm ? "auto" : "smooth" });
	}

	async function more(card) {
		const link = card.querySelector(".where a.cable[data-paragraph]");
		if (!link || card.dataset.more) return;
		card.dataset.more = "asked";
		try {
			const answer = await fetch(link.pathname, { credentials: "same-origin" });
			if (!answer.ok) return;
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");
			const n = Number(link.dataset.paragraph);
			const found = [n - 1, n, n + 1].map((i) => page.getElementById("p" + i)).filter(Boolean);
			if (!found.length) return;
			const box = document.createElement("details");
			box.className = "more-box";
			const summary = document.createElement("summary");
			summary.textContent = "More of the cable";
			const text = document.createElement("div");
			text.className = "more";
			text.tabIndex = 0;
			text.setAttribute("role", "region");
			text.setAttribute("aria-label", "The cable around quotation " + card.id.slice(1));
			for (const el of found) {
				const p = document.createElement("p");
				const head = el.querySelector(".where");
				const mark = head && head.querySelector(".class");
				const before = el.dataset.paragraph + ". " + (mark ? "(" + mark.textContent.trim() + ") " : "");
				for (const other of el.querySelectorAll(".where, form, details, script, style")) other.remove();
				p.textContent = before + el.textContent.trim();
				text.append(p);
			}
			box.append(summary, text);
			box.open = true;
			link.closest("p").after(box);
		} catch {
			// The card says what it said before.
		}
	}

	document.addEventListener("click", (e) => {
		const q = e.target.closest(".story .q");
		if (!q || e.ctrlKey || e.metaKey || e.shiftKey) return;
		const card = card_of(q);
		if (!card || !beside()) return;
		e.preventDefault();
		history.replaceState(null, "", "#" + card.id);
		show(q, card);
		level(q, card);
		more(card);
	});

	// Enter on a quotation opens its card, Enter on it once more the cable.
	document.addEventListener("keydown", (e) => {
		if (e.key !== "Enter" || !document.activeElement || !document.activeElement.matches(".story .q.here")) return;
		const card = card_of(document.activeElement);
		const link = card && card.querySelector(".where a.cable");
		if (!link) return;
		e.preventDefault();
		location.href = link.href;
	});

	// Going through the story with j and k shows the cards as one goes.
	document.addEventListener("focusin", (e) => {
		if (!e.target.matches(".story .q") || !beside()) return;
		const card = card_of(e.target);
		if (!card) return;
		level(e.target, card);
		for (const el of document.querySelectorAll(".card.here")) el.classList.remove("here");
		card.classList.add("here");
	});

	// An address with a card in it shows the quotation too.
	function arrive() {
		const card = /^#q\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
		const q = card && document.getElementById("s" + card.id.slice(1));
		if (!q) return;
		show(q, card);
		if (beside()) {
			q.scrollIntoView({ block: "center" });
			level(q, card);
		}
		more(card);
	}
	window.addEventListener("hashchange", arrive);
	arrive();
})();
