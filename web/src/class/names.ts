// Names that players give, as every page and table can show them; the server keeps them in the same way.
const BLANK = /[\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\ufe0f\ufe0e]/gu;
const LONGEST = 40;

/** A name without control, bidirectional and invisible signs, and with at most two marks on a letter. */
export function cleanName(text: string): string {
  const plain = text
    .slice(0, 2000)
    .normalize("NFC")
    .replace(/[\p{Z}\t\n\r\v\f\u0085]/gu, " ")
    .replace(/\p{C}/gu, "")
    .replace(BLANK, "")
    .replace(/(\p{M}{2})\p{M}+/gu, "$1")
    .replace(/ +/g, " ")
    .trim();
  const kept = [...plain].slice(0, LONGEST).join("").trim();
  return /\P{M}/u.test(kept) ? kept : "";
}

/** A text for a cell of a table, with an apostrophe before what a spreadsheet would take for a formula. */
export function cell(text: string): string {
  const shown = /^[=+\-−@|%\t\r\n]/.test(text.normalize("NFKC").trimStart()) ? `'${text}` : text;
  return /[",\n\r]/.test(shown) ? `"${shown.replace(/"/g, '""')}"` : shown;
}
