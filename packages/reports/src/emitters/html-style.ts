/** The style sheet of the HTML report. */
export const htmlStyle = `
:root {
  --page: #f6f7f9; --card: #fff; --ink: #1c2330; --quiet: #5c6675; --line: #dde2e9; --code: #eef1f5; --link: #1f5fbf;
  --critical: #b3123f; --high: #c2410c; --medium: #946200; --low: #2563a8; --info: #5c6675;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f131a; --card: #171d27; --ink: #e6eaf0; --quiet: #98a3b3; --line: #2a3342; --code: #202938; --link: #82b1ff;
    --critical: #ff6b8b; --high: #ff9256; --medium: #e8b64a; --low: #7db5f5; --info: #98a3b3;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
code { font: 0.875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
h1 { margin: 0.1em 0; font-size: 2rem; line-height: 1.2; overflow-wrap: anywhere; }
.tool, .when { margin: 0; color: var(--quiet); }
.counts { display: flex; flex-wrap: wrap; gap: 0.75rem; margin: 1.5rem 0; }
.count { flex: 1 1 7rem; padding: 0.75rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; border-top: 3px solid var(--tone); }
.count dt { color: var(--quiet); font-size: 0.85rem; }
.count dd { margin: 0; font-size: 1.6rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.critical { --tone: var(--critical); } .high { --tone: var(--high); } .medium { --tone: var(--medium); } .low { --tone: var(--low); } .info { --tone: var(--info); }
.filters { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0 0 1rem; padding: 0; border: 0; color: var(--quiet); }
.filters legend { float: left; margin-right: 1.25rem; }
.filters label { cursor: pointer; }
main:has(#show-critical:not(:checked)) .finding.critical, main:has(#show-high:not(:checked)) .finding.high,
main:has(#show-medium:not(:checked)) .finding.medium, main:has(#show-low:not(:checked)) .finding.low,
main:has(#show-info:not(:checked)) .finding.info { display: none; }
.findings { margin: 0; padding: 0; list-style: none; }
.finding { margin: 0 0 0.75rem; padding: 0.9rem 1.1rem; background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--tone); border-radius: 0.5rem; }
.line { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.15rem 0.75rem; }
.severity { color: var(--tone); font-size: 0.78rem; font-weight: 700; letter-spacing: 0.06em; text-transform: uppercase; }
.finding h2 { flex: 1 1 auto; margin: 0; font-size: 1.05rem; }
.id { color: var(--quiet); }
.place, .commit { margin: 0.2rem 0 0; overflow-wrap: anywhere; }
.commit { color: var(--quiet); font-size: 0.9rem; }
details { margin-top: 0.5rem; font-size: 0.94rem; }
summary { color: var(--quiet); cursor: pointer; }
details h3 { margin: 0.75rem 0 0.25rem; font-size: 0.94rem; }
.steps { margin: 0; padding-left: 1.4rem; }
.reference { margin: 0; }
.preview { margin-left: 0.5rem; padding: 0.1rem 0.4rem; background: var(--code); border-radius: 0.3rem; }
a { color: var(--link); overflow-wrap: anywhere; }
table { margin: 0.75rem 0 0; border-collapse: collapse; }
th, td { padding: 0.2rem 1.25rem 0.2rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
th { color: var(--quiet); font-weight: 500; }
.coverage { margin-top: 2.5rem; }
.coverage h2 { font-size: 1.1rem; }
.clean { padding: 2rem; text-align: center; background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; font-size: 1.1rem; }
@media print { .filters { display: none; } .finding { break-inside: avoid; } }
`;
