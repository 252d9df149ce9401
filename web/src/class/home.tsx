// The first page of Class: join one, open one, or compare games from files.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { match } from "../match";
import { page, part } from "../store";
import { served } from "../served";
import { number, t } from "../words";
import { keepClass, keepSecret, lecturer } from "./lecturer";
import { join } from "./member";
import { OpenForm } from "./open_form";
import { about, ask, inWords } from "./service";

export function Home({ asked }: { asked: string }) {
  const here = served("class");
  return (
    <main id="main" class="classhome" tabIndex={-1}>
      <h1>{t("class.title")}</h1>
      {here ? <Join asked={asked} /> : <p class="wide">{t("class.static")}</p>}
      {here && !asked ? <Teach /> : null}
      {!here && !asked ? (
        <section class="card" aria-labelledby="terms-make">
          <h2 id="terms-make">{t("terms.make.title")}</h2>
          <p>{t("terms.make.text")}</p>
          <OpenForm link />
        </section>
      ) : null}
      {asked ? null : (
        <section class="card" aria-labelledby="files-title">
          <h2 id="files-title">{t("class.files")}</h2>
          <p>{t("class.files.text")}</p>
          <a class="button quiet" href="#/class/files">
            {t("class.files.go")}
          </a>
        </section>
      )}
    </main>
  );
}

function Join({ asked }: { asked: string }) {
  const code = useSignal(asked);
  const name = useSignal("");
  const wrong = useSignal("");
  const busy = useSignal(false);
  useEffect(() => {
    if (asked) code.value = asked;
  }, [asked]);
  const going = match.value && match.value.choices.length > 0 && !match.value.tutorial ? match.value : null;
  const go = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    if (!code.value.trim()) {
      wrong.value = t("join.code.none");
      return;
    }
    if (going && !confirm(t("join.replace"))) return;
    busy.value = true;
    wrong.value = "";
    try {
      await join(code.value, name.value);
      page.value = "play";
      scrollTo(0, 0);
    } catch (error) {
      wrong.value = inWords(error);
    }
    busy.value = false;
  };
  return (
    <section class="card" aria-labelledby="join-title">
      <h2 id="join-title">{t("join.title")}</h2>
      {going?.room ? (
        <p>
          {t("join.going", { code: going.room.code })} <a href="#/play">{t("play.waiting.go")}</a>
        </p>
      ) : null}
      <form class="joinform" onSubmit={(event) => void go(event)}>
        <label class="field">
          {t("join.code")}
          <input type="text" class="codefield" autoComplete="off" autoCapitalize="characters" spellcheck={false} maxLength={20} value={code.value} onInput={(event) => (code.value = event.currentTarget.value)} />
        </label>
        <label class="field">
          {t("join.name")}
          <input type="text" autoComplete="nickname" maxLength={40} value={name.value} onInput={(event) => (name.value = event.currentTarget.value)} aria-describedby="join-about" />
        </label>
        <p class="soft" id="join-about">
          {t("join.about")}
        </p>
        {wrong.value ? (
          <p class="wrong" role="alert">
            {wrong.value}
          </p>
        ) : null}
        <button type="submit" class="go" disabled={busy.value}>
          {t("join.go")}
        </button>
      </form>
    </section>
  );
}

/** What a lecturer does: open a class, or come back to one. */
function Teach() {
  const free = useSignal<boolean | null>(null);
  const typed = useSignal("");
  const fault = useSignal("");
  useEffect(() => {
    about().then(
      (found) => (free.value = found.free),
      (error) => (fault.value = inWords(error)),
    );
  }, []);
  const known = free.value === true || lecturer.value.secret !== "";
  return (
    <section class="card" aria-labelledby="teach-title">
      <h2 id="teach-title">{t("teach.title")}</h2>
      {fault.value ? <p class="wrong">{fault.value}</p> : null}
      {free.value === null ? null : known ? (
        <>
          <Kept />
          <OpenForm />
        </>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            keepSecret(typed.value.trim());
          }}
        >
          <p class="soft">{t("teach.secret.text")}</p>
          <label class="field">
            {t("teach.secret")}
            <input type="password" autoComplete="off" maxLength={100} value={typed.value} onInput={(event) => (typed.value = event.currentTarget.value)} />
          </label>
          <p>
            <button type="submit">{t("teach.secret.go")}</button>
          </p>
        </form>
      )}
    </section>
  );
}

interface Listed {
  code: string;
  opened: number;
  players: number;
  handed: number;
}

/** Classes of this server, to come back to. */
function Kept() {
  const rows = useSignal<Listed[]>([]);
  const fault = useSignal("");
  useEffect(() => {
    ask<{ classes: Listed[] }>("classes", {}, lecturer.value.secret).then(
      (found) => (rows.value = found.classes),
      (error) => {
        if ((error as { code?: string }).code === "secret") keepSecret("");
        fault.value = inWords(error);
      },
    );
  }, []);
  const enter = async (code: string) => {
    try {
      if (!lecturer.value.classes.some((row) => row.code === code)) {
        const found = await ask<{ code: string; key: string }>("enter", { code }, lecturer.value.secret);
        keepClass(found.code, found.key);
      }
      part.value = `desk/${code}`;
    } catch (error) {
      fault.value = inWords(error);
    }
  };
  return (
    <>
      {fault.value ? (
        <p class="wrong" role="alert">
          {fault.value}
        </p>
      ) : null}
      {rows.value.length ? (
        <>
          <h3>{t("teach.open")}</h3>
          <ul class="rows kept">
            {rows.value.map((row) => (
              <li key={row.code}>
                <button type="button" class="link" onClick={() => void enter(row.code)}>
                  {row.code}
                </button>{" "}
                <span class="soft">{t("teach.row", { players: number(row.players, 0), handed: number(row.handed, 0), day: new Date(row.opened * 1000).toLocaleDateString(document.documentElement.lang) })}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </>
  );
}
