/** The style sheet of the page of findings. */
export const htmlStyle = `
:root {
  --page: #f6f7f9; --card: #fff; --ink: #1c2330; --quiet: #5c6675; --line: #dde2e9; --code: #eef1f5; --link: #1f5fbf;
  --critical: #b3123f; --high: #c2410c; --medium: #946200; --low: #2563a8; --info: #5c6675; --unknown: #6b3fa0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f131a; --card: #171d27; --ink: #e6eaf0; --quiet: #98a3b3; --line: #2a3342; --code: #202938; --link: #82b1ff;
    --critical: #ff6b8b; --high: #ff9256; --medium: #e8b64a; --low: #7db5f5; --info: #98a3b3; --unknown: #c6a3f0;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 84rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; }
.when { margin: 0.25rem 0 0; color: var(--quiet); }
.counts { display: flex; flex-wrap: wrap; gap: 0.75rem; margin: 1.5rem 0; }
.count { flex: 1 1 7rem; padding: 0.75rem 1rem; background: var(--card); border: 1px solid var(--line); border-top: 3px solid var(--tone); border-radius: 0.6rem; }
.count dt { color: var(--quiet); font-size: 0.85rem; }
.count dd { margin: 0; font-size: 1.6rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.critical { --tone: var(--critical); } .high { --tone: var(--high); } .medium { --tone: var(--medium); }
.low { --tone: var(--low); } .info { --tone: var(--info); } .unknown { --tone: var(--unknown); }
.filters { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1.25rem; margin: 0 0 1rem; padding: 0; border: 0; color: var(--quiet); }
.filters input[type=search] { flex: 1 1 16rem; padding: 0.45rem 0.7rem; color: inherit; font: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 0.4rem; }
.filters label { cursor: pointer; }
.frame { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.55rem 0.8rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
tbody tr:last-child td { border-bottom: 0; }
thead th { padding: 0; white-space: nowrap; }
thead button { width: 100%; padding: 0.6rem 0.8rem; color: var(--quiet); font: inherit; font-weight: 600; text-align: left; background: none; border: 0; cursor: pointer; }
thead button:hover, thead button:focus-visible { color: var(--ink); }
th[aria-sort=ascending] button::after { content: " ↑"; } th[aria-sort=descending] button::after { content: " ↓"; }
.severity { color: var(--tone); font-size: 0.78rem; font-weight: 700; letter-spacing: 0.05em; text-transform: uppercase; }
.excused td { color: var(--quiet); }
.note { color: var(--quiet); font-size: 0.88rem; }
code { font: 0.875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
details { margin-top: 0.3rem; font-size: 0.92rem; }
details p { white-space: pre-wrap; }
summary { color: var(--quiet); cursor: pointer; }
a { color: var(--link); }
.clean { padding: 2rem; text-align: center; background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; font-size: 1.1rem; }
[hidden] { display: none; }
@media print { .filters { display: none; } tr { break-inside: avoid; } .frame { border: 0; } }
`;
