// What all pages share: the bar with the pages, language and theme, notices, and the foot.
import { Component } from "preact";
import { useSignal } from "@preact/signals";
import { BAR, type Page } from "./addresspages";
import { ledger, match, waiting } from "./match";
import { Menu } from "./menu";
import { About } from "./pages/about";
import { ClassPage } from "./pages/class";
import { Compare } from "./pages/compare";
import { Bet } from "./pages/bet";
import { Explore } from "./pages/explore";
import { Figure } from "./pages/figure";
import { Play } from "./pages/play";
import { served } from "./served";
import { fault, model, notices, page, part, run, theme } from "./store";
import { language, t, type Word } from "./words";

const NAMES: Record<Page, Word> = {
  explore: "page.explore",
  compare: "page.compare",
  play: "page.play",
  class: "page.class",
  about: "page.about",
  bet: "page.bet",
  figure: "page.figure",
};

function Wishes() {
  return (
    <>
      <label>
        <span>{t("wish.language")}</span>
        <select value={language.value} onChange={(event) => (language.value = event.currentTarget.value as "en" | "de")}>
          <option value="en" lang="en">
            English
          </option>
          <option value="de" lang="de">
            Deutsch
          </option>
        </select>
      </label>
      <label>
        <span>{t("wish.theme")}</span>
        <select value={theme.value} onChange={(event) => (theme.value = event.currentTarget.value as "auto" | "light" | "dark")}>
          <option value="auto">{t("theme.auto")}</option>
          <option value="light">{t("theme.light")}</option>
          <option value="dark">{t("theme.dark")}</option>
        </select>
      </label>
    </>
  );
}

function Bar() {
  return (
    <header>
      <a class="skip" href="#main" onClick={(event) => jump(event, "main")}>
        {t("skip.main")}
      </a>
      {page.value === "explore" && run.value ? (
        <a class="skip" href="#levers" onClick={(event) => jump(event, "levers")}>
          {t("skip.levers")}
        </a>
      ) : null}
      {page.value === "play" && match.value && !ledger.value?.over
        ? (["moves", "tray"] as const).map((id) => (
            <a key={id} class="skip" href={`#${id}`} onClick={(event) => jump(event, id)}>
              {t(id === "moves" ? "skip.moves" : "skip.tray")}
            </a>
          ))
        : null}
      <b class="brand">ccsim</b>
      <nav aria-label={t("nav.label")}>
        {BAR.filter((each) => !barred(each)).map((each) => (
          <a key={each} href={`#/${each}`} class={page.value === each ? "on" : ""} aria-current={page.value === each ? "page" : undefined}
            onClick={(event) => {
              event.preventDefault();
              part.value = "";
              page.value = each;
              notices.value = [];
            }}>
            {t(NAMES[each])}
          </a>
        ))}
        {served("mesa") ? <a href="/mesa">{t("page.mesa")}</a> : null}
      </nav>
      <div class="wishes">
        <Wishes />
      </div>
      <Menu className="more" label="⋯" name={t("nav.more")}>
        <a href="#/about">{t("page.about")}</a>
        <Wishes />
      </Menu>
    </header>
  );
}

/** Pages that only the ordinary organisation has: the rules of the game are made for it. */
function barred(of: Page): boolean {
  return (of === "play" || of === "class") && Boolean(model.value?.data.organisation);
}

function Barred() {
  return (
    <main id="main" class="text" tabIndex={-1}>
      <h1>{t(NAMES[page.value])}</h1>
      <p>{t("own.barred", { name: model.value!.data.organisation!.name })}</p>
      <a href="#/explore">{t("fault.back")}</a>
    </main>
  );
}

/** Move the focus without changing the address, which carries the plan. */
function jump(event: Event, id: string): void {
  event.preventDefault();
  document.getElementById(id)?.focus();
  document.getElementById(id)?.scrollIntoView();
}

function Notices() {
  const rows = [...notices.value, ...(fault.value ? [fault.value] : [])];
  if (!rows.length) return null;
  return (
    <div class="notices" role="alert">
      <ul>
        {rows.map((row) => (
          <li key={row}>{row}</li>
        ))}
      </ul>
      <button
        type="button"
        onClick={() => {
          notices.value = [];
          fault.value = null;
        }}
      >
        {t("notice.close")}
      </button>
    </div>
  );
}

/** A game that was left unfinished is offered on every other page, until it is put away. */
function Waiting() {
  const away = useSignal(false);
  const game = page.value === "play" || barred("play") ? null : waiting();
  if (!game || away.value) return null;
  return (
    <div class="notices waiting">
      <span>
        {t("play.waiting", { n: game.quarter, of: game.of })} <a href="#/play">{t("play.waiting.go")}</a>
      </span>
      <button type="button" class="link" onClick={() => (away.value = true)}>
        {t("play.waiting.away")}
      </button>
    </div>
  );
}

/** A failure of one page is one message; the others live on. */
class Guard extends Component<{ children: preact.ComponentChildren; at: string }, { why: string; at: string }> {
  state = { why: "", at: "" };
  componentDidCatch(error: Error): void {
    this.setState({ why: error.message, at: this.props.at });
  }
  render() {
    if (this.state.why && this.state.at === this.props.at) {
      return (
        <main id="main" class="text" tabIndex={-1}>
          <h1>{t("fault.title")}</h1>
          <p>{this.state.why}</p>
          <a href="#/explore">{t("fault.back")}</a>
        </main>
      );
    }
    return this.props.children;
  }
}

const BODY = { explore: Explore, compare: Compare, play: Play, class: ClassPage, about: About, bet: Bet, figure: Figure };

export function Frame() {
  const Body = barred(page.value) ? Barred : BODY[page.value];
  document.title = `${t(NAMES[page.value])} · ccsim`;
  return (
    <>
      {page.value === "figure" ? null : <Bar />}
      <Notices />
      <Waiting />
      <Guard at={page.value}>
        <Body />
      </Guard>
    </>
  );
}
