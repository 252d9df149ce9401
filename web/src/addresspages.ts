// The pages by the names that an address gives them.

export type Page = "explore" | "compare" | "play" | "class" | "about" | "bet" | "figure";
/** Pages of the bar. */
export const BAR: Page[] = ["explore", "compare", "play", "class", "about"];
export const PAGES: Page[] = [...BAR, "bet", "figure"];
