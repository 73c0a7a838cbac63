// A click on a table's head sorts by that column, another one the other way round. The page is complete without it.
for (const head of document.querySelectorAll("thead th")) {
  const button = document.createElement("button");
  button.type = "button";
  button.title = "sort";
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => sortBy(head));
}

function sortBy(head) {
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const body = head.closest("table").tBodies[0];
  const keyOf = (row) => row.cells[head.cellIndex]?.dataset.v ?? "";
  const rows = [...body.rows].map((row) => ({ row, key: keyOf(row) }));
  rows.sort((a, b) => {
    if ((a.key === "") !== (b.key === "")) return a.key === "" ? 1 : -1;  // nothing comes last, either way round
    const both = a.key !== "" && !isNaN(a.key) && !isNaN(b.key);
    const order = both ? a.key - b.key : a.key.localeCompare(b.key, "en", { numeric: true });
    return down ? -order : order;
  });
  body.append(...rows.map((one) => one.row));
}
