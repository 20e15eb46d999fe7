// Brushing: a stretch of the bars, drawn with the pointer, becomes from and to in the address.
"use strict";
(() => {
	for (const chart of document.querySelectorAll("svg[data-brush]")) {
		const bars = [...chart.querySelectorAll("a")];
		const width = chart.viewBox.baseVal.width;
		const height = chart.viewBox.baseVal.height;
		let start = -1;
		let end = -1;
		let shade = null;
		let brushed = false;

		const barAt = (e) => {
			const box = chart.getBoundingClientRect();
			const i = Math.floor(((e.clientX - box.left) / box.width) * bars.length);
			return Math.max(0, Math.min(bars.length - 1, i));
		};
		const stop = () => {
			if (shade) shade.remove();
			shade = null;
			start = -1;
		};

		chart.addEventListener("dragstart", (e) => e.preventDefault());
		chart.addEventListener("pointerdown", (e) => {
			if (e.button !== 0) return;
			start = end = barAt(e);
			brushed = false;
		});
		chart.addEventListener("pointermove", (e) => {
			if (start < 0) return;
			end = barAt(e);
			if (end === start && !shade) return;
			brushed = true;
			if (!shade) {
				chart.setPointerCapture(e.pointerId);
				shade = document.createElementNS("http://www.w3.org/2000/svg", "rect");
				shade.setAttribute("class", "brush");
				shade.setAttribute("height", height);
				chart.append(shade);
			}
			const each = width / bars.length;
			shade.setAttribute("x", Math.min(start, end) * each);
			shade.setAttribute("width", (Math.abs(end - start) + 1) * each);
		});
		chart.addEventListener("pointercancel", stop);
		chart.addEventListener("pointerup", () => {
			const [from, to] = [Math.min(start, end), Math.max(start, end)];
			const wide = brushed && start >= 0;
			stop();
			if (!wide) return;
			const address = new URL(window.location.href);
			address.searchParams.set("from", bars[from].dataset.span);
			address.searchParams.set("to", bars[to].dataset.span);
			address.searchParams.delete("page");
			address.searchParams.delete("done");
			window.location.assign(address);
		});
		// The bar under the pointer at the end of a brush is not what was meant.
		chart.addEventListener("click", (e) => {
			if (brushed) e.preventDefault();
			brushed = false;
		});
	}
})();
