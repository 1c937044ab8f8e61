"use strict";
// The table of requests stands in the page as it is read without scripts. Here
// it becomes one that is sorted by a click on a column, filtered by a word, and
// shown a page at a time.
(function () {
	const PAGE = 500;
	const table = document.getElementById("requests");
	const body = table.tBodies[0];
	const heads = [...table.tHead.rows[0].cells].slice(0, -1);
	const all = [...body.rows];
	const tools = document.getElementById("tools");
	const filter = document.createElement("input");
	const shown = document.createElement("span");
	const more = document.createElement("button");
	const keys = new Map();
	let rows = all, drawn = 0, column = -1, descending = false;

	// What a column is sorted by: numbers, where its cells are; a cell
	// without one comes before all numbers.
	function keysOf(i) {
		const text = heads[i].classList.contains("text");

		if (!keys.has(i))
			keys.set(i, new Map(all.map(function (row) {
				const cell = row.cells[i];
				const value = cell.dataset.v || cell.textContent;

				return [row, text ? value :
					value ? parseFloat(value) : -1];
			})));
		return keys.get(i);
	}

	const texts = new Map();
	function textOf(row) {
		if (!texts.has(row))
			texts.set(row, (row.cells[1].textContent + " " +
				row.cells[2].title + " " +
				row.cells[2].textContent).toLowerCase());
		return texts.get(row);
	}

	function draw() {
		body.append(...rows.slice(drawn, drawn + PAGE));
		drawn = Math.min(rows.length, drawn + PAGE);
		more.hidden = drawn === rows.length;
		shown.textContent = drawn === rows.length
			? rows.length + (rows.length === 1 ? " row" : " rows")
			: drawn + " of " + rows.length + " rows";
	}

	function redraw() {
		const word = filter.value.trim().toLowerCase();

		rows = word ? all.filter(row => textOf(row).includes(word)) :
			[...all];
		if (column >= 0) {
			const key = keysOf(column);
			const sign = descending ? -1 : 1;

			rows.sort(function (a, b) {
				const x = key.get(a), y = key.get(b);

				return x < y ? -sign : x > y ? sign : 0;
			});
		}
		body.replaceChildren();
		drawn = 0;
		draw();
	}

	// The first click shows what people look for: the largest numbers.
	function sortBy(i) {
		descending = column === i ? !descending :
			!heads[i].classList.contains("text");
		column = i;
		heads.forEach(head => head.removeAttribute("aria-sort"));
		heads[i].setAttribute("aria-sort",
			descending ? "descending" : "ascending");
		redraw();
	}

	heads.forEach(function (head, i) {
		const button = document.createElement("button");

		button.type = "button";
		button.append(...head.childNodes);
		button.addEventListener("click", () => sortBy(i));
		head.append(button);
	});
	filter.id = "filter";
	filter.type = "search";
	filter.placeholder = "filter by URL, status or error";
	filter.setAttribute("aria-label", filter.placeholder);
	filter.addEventListener("input", redraw);
	shown.setAttribute("aria-live", "polite");
	tools.append(filter, shown);
	more.id = more.className = "more";
	more.type = "button";
	more.textContent = "show " + PAGE + " more";
	more.addEventListener("click", draw);
	table.parentNode.after(more);
	window.addEventListener("beforeprint", function () {
		while (drawn < rows.length)
			draw();
	});
	table.className = "live";
	// All rows at once would keep the browser busy for a while.
	redraw();
})();
