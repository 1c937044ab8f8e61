"use strict";
// The table of requests: sorted by a click on a column, filtered by a word,
// drawn a page at a time. All text goes through textContent.
(function () {
	const PAGE = 500;
	const SVG = "http://www.w3.org/2000/svg";
	const data = JSON.parse(document.getElementById("data").textContent);
	const table = document.getElementById("requests");
	const body = table.tBodies[0];
	const filter = document.getElementById("filter");
	const more = document.getElementById("more");
	const shown = document.getElementById("shown");
	const spread = Math.max(1, data.to - data.from);
	let rows = data.rows;
	let sorted = {column: "start", descending: false};
	let drawn = 0;

	function seconds(us) {
		if (us < 10000)
			return (us / 1000).toFixed(2) + " ms";
		if (us < 1000000)
			return Math.round(us / 1000) + " ms";
		return (us / 1000000).toFixed(2) + " s";
	}

	function bytes(n) {
		const units = ["B", "kB", "MB", "GB", "TB"];
		let unit = 0;

		for (; n >= 1024 && unit < 4; unit++)
			n /= 1024;
		return (unit ? n.toFixed(1) : n) + " " + units[unit];
	}

	function cell(row, className, text) {
		const td = row.insertCell();

		td.className = className;
		td.textContent = text;
		return td;
	}

	function span(svg, phase, from, to) {
		const rect = document.createElementNS(SVG, "rect");
		const title = document.createElementNS(SVG, "title");

		rect.setAttribute("class", "p" + phase);
		rect.setAttribute("x", (from - data.from) * 200 / spread);
		rect.setAttribute("width",
			Math.max(0.5, (to - from) * 200 / spread));
		rect.setAttribute("height", 12);
		title.textContent = data.phases[phase] + " " +
			seconds(to - from);
		rect.append(title);
		svg.append(rect);
	}

	function bar(row, spans) {
		const svg = document.createElementNS(SVG, "svg");

		svg.setAttribute("viewBox", "0 0 200 12");
		svg.setAttribute("class", "waterfall");
		for (let i = 0; i + 2 < spans.length; i += 3)
			span(svg, spans[i], spans[i + 1], spans[i + 2]);
		row.insertCell().append(svg);
	}

	function draw(r) {
		const row = body.insertRow();

		if (r.error)
			row.className = "failed";
		cell(row, "number", r.n);
		cell(row, "method", r.method);
		cell(row, "url", r.url).title = r.url;
		cell(row, "outcome", r.outcome).title = r.error;
		cell(row, "number", r.tries);
		cell(row, "number", bytes(r.size));
		cell(row, "number", seconds(r.start));
		cell(row, "number", seconds(r.took));
		bar(row, r.spans);
	}

	function drawPage() {
		for (const r of rows.slice(drawn, drawn + PAGE))
			draw(r);
		drawn = Math.min(rows.length, drawn + PAGE);
		more.hidden = drawn === rows.length;
		shown.textContent = drawn + " of " + rows.length + " rows";
	}

	function compare(a, b) {
		const x = a[sorted.column], y = b[sorted.column];
		const order = typeof x === "number"
			? x - y : x < y ? -1 : x > y ? 1 : 0;

		return (sorted.descending ? -order : order) || a.n - b.n;
	}

	function redraw() {
		const word = filter.value.toLowerCase();

		rows = data.rows.filter(function (r) {
			return (r.method + " " + r.url + " " + r.outcome + " " +
				r.error).toLowerCase().includes(word);
		});
		rows.sort(compare);
		body.replaceChildren();
		drawn = 0;
		drawPage();
	}

	function sortBy(th) {
		const column = th.dataset.column;

		sorted = {
			column: column,
			descending: sorted.column === column &&
				!sorted.descending,
		};
		for (const other of table.tHead.rows[0].cells)
			other.removeAttribute("aria-sort");
		th.setAttribute("aria-sort",
			sorted.descending ? "descending" : "ascending");
		redraw();
	}

	for (const th of table.tHead.rows[0].cells)
		if (th.dataset.column)
			th.querySelector("button").addEventListener("click",
				function () { sortBy(th); });
	filter.addEventListener("input", redraw);
	more.addEventListener("click", drawPage);
	redraw();
})();
