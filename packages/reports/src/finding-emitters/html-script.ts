/** The only script of the page of findings: it sorts and hides rows, and reads nothing but them. Without it the page is whole, unsorted. */
export const htmlScript = `
'use strict';
const body = document.querySelector('tbody');
const rows = [...body.rows];
const keyOf = (row, column) => row.cells[column].dataset.key ?? row.cells[column].textContent.trim().toLowerCase();
for (const [column, heading] of [...document.querySelectorAll('thead th')].entries()) {
  heading.querySelector('button').addEventListener('click', () => {
    const direction = heading.getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending';
    for (const other of heading.parentNode.cells) other.setAttribute('aria-sort', 'none');
    heading.setAttribute('aria-sort', direction);
    const sign = direction === 'ascending' ? 1 : -1;
    const keys = new Map(rows.map((row) => [row, keyOf(row, column)]));
    rows.sort((a, b) => sign * keys.get(a).localeCompare(keys.get(b), 'en', { numeric: true }));
    body.append(...rows);
  });
}
const search = document.querySelector('input[type=search]');
const boxes = [...document.querySelectorAll('input[type=checkbox]')];
const shown = document.querySelector('#shown');
function filter() {
  const words = search.value.toLowerCase().split(/\\s+/);
  const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  let count = 0;
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !severities.has(row.dataset.severity) || !words.every((word) => text.includes(word));
    if (!row.hidden) count++;
  }
  shown.textContent = count === rows.length ? '' : count + ' of ' + rows.length + ' shown';
}
document.querySelector('.filters').addEventListener('input', filter);
document.querySelector('.filters').hidden = false;
`;
