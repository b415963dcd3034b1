// How long each question took, and what was changed: the audit log of ODK, where the form asks for one.

/**
 * Keep the log of one answer.
 * Times go by the clock of the phone at the beginning and by the seconds since: a clock that is set in between, or
 * that stands at 1970, makes no question take years.
 * @param {{changes: boolean}} asked whether values before and after are asked for
 * @param {Array} rows what was logged before, in a draft
 */
export function startAudit(asked, rows = []) {
  const begun = Date.now() - performance.now();
  const now = () => Math.round(begun + performance.now());
  let open = null;

  function leave(value = open?.value) {
    if (!open) return;
    const changed = asked.changes && value !== open.value;
    rows.push(["question", open.path, open.start, now(), changed ? open.value : "", changed ? value : ""]);
    open = null;
  }

  return {
    rows,
    /** Something happened that takes no time: "form start", "constraint error", "add repeat". */
    event: (name, path = "") => rows.push([name, path, now(), "", "", ""]),
    /** Somebody came to a question. */
    visit(path, value) {
      if (open?.path === path) return;
      leave();
      open = { path, start: now(), value };
    },
    /** Somebody left the question, whose value is now this one. */
    leave,
    /** Return the log as CSV. */
    text: () => [heading(asked), ...rows.map((row) => (asked.changes ? row : row.slice(0, 4)))].map(line).join(""),
  };
}

const heading = ({ changes }) => ["event", "node", "start", "end", ...(changes ? ["old-value", "new-value"] : [])];

const line = (cells) => `${cells.map(quoted).join(",")}\n`;

function quoted(cell) {
  const text = String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
