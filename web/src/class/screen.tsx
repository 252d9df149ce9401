// The page for the projector: how to join, who is how far, and the predictions of a quarter, which the lecturer reveals.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { gameScale } from "../pages/play";
import { model } from "../store";
import { number, t, titleOf } from "../words";
import { Histogram } from "./histogram";
import { keyOf } from "./lecturer";
import { useLook, type Head, type ScreenState } from "./look";
import { median } from "./medians";
import { wholeGame } from "./open_form";
import { QrCode } from "./qr";
import { RankTable } from "./ranking";
import { ask, inWords } from "./service";

export function Screen({ code }: { code: string }) {
  const asked = useSignal<number | null>(null);
  const { state, fault, again } = useLook<ScreenState>(code, "screen", asked.value);
  const kpi = useSignal("reported_csat");
  const now = state.value;
  if (!now) return <Nothing code={code} why={fault.value ? inWords(fault.value) : ""} />;
  const change = async (body: object) => {
    await ask(`class/${code}/change`, body, keyOf(code)).catch((error) => (fault.value = error));
    again();
  };
  const shown = now.came !== null;
  return (
    <main id="main" class="screen" tabIndex={-1}>
      <h1 class="hidden">{t("screen.title", { code: now.code })}</h1>
      <Joining now={now} />
      <div class="stage">
        {fault.value ? (
          <p class="wrong" role="status">
            {inWords(fault.value)}
          </p>
        ) : null}
        <Progress now={now} />
        <section class="card bets" aria-labelledby="bets-title">
          <div class="head">
            <button type="button" class="step" aria-label={t("screen.before")} disabled={now.quarter === 0} onClick={() => (asked.value = now.quarter - 1)}>
              ‹
            </button>
            <h2 id="bets-title">{t("screen.bets", { n: now.quarter + 1 })}</h2>
            <button type="button" class="step" aria-label={t("screen.after")} disabled={now.quarter >= now.quarters - 1} onClick={() => (asked.value = now.quarter + 1)}>
              ›
            </button>
            <span class="soft grow" role="status">
              {t("screen.count", { n: now.predicted, of: now.players })}
            </span>
            <select class="quiet" aria-label={t("screen.figure")} value={kpi.value} onChange={(event) => (kpi.value = event.currentTarget.value)}>
              {Object.keys(now.expected).map((name) => (
                <option key={name} value={name}>
                  {titleOf.kpi(model.value!.kpis.get(name)!)}
                </option>
              ))}
            </select>
          </div>
          <Bets now={now} kpi={kpi.value} />
          <div class="foot">
            <button type="button" class="go" disabled={!shown && now.predicted === 0} onClick={() => void change(shown ? { hide: now.quarter } : { reveal: now.quarter })}>
              {t(shown ? "screen.hide" : "screen.reveal")}
            </button>
            {now.upto < now.quarters && shown && now.quarter === now.upto - 1 ? (
              <button type="button"
                onClick={() => {
                  asked.value = null;
                  void change({ upto: now.upto + 1 });
                }}>
                {t("desk.opennext", { n: now.upto + 1 })}
              </button>
            ) : null}
            <a class="soft" href={`#/class/desk/${now.code}`}>
              {t("screen.desk")}
            </a>
            <FullScreen />
          </div>
        </section>
        {now.ranks?.length ? (
          <section class="card" aria-labelledby="ranks-title">
            <h2 id="ranks-title">{t("handed.ranking")}</h2>
            <RankTable ranks={now.ranks.slice(0, 12)} />
          </section>
        ) : null}
      </div>
    </main>
  );
}

/** While there is nothing to show: the class is looked for, or this browser may not see it. */
export function Nothing({ code, why }: { code: string; why: string }) {
  return (
    <main id="main" class="text" tabIndex={-1} aria-busy={why ? undefined : "true"}>
      <h1>{t("desk.title", { code })}</h1>
      {why ? (
        <p class="wrong" role="alert">
          {why}
        </p>
      ) : (
        <p class="soft">{t("loading.title")}</p>
      )}
      <p>
        <a href="#/class">{t("desk.home")}</a>
      </p>
    </main>
  );
}

function Joining({ now }: { now: ScreenState }) {
  const [first, ...others] = now.links;
  // Short enough to be typed; the code in the link is for the QR code.
  const place = (link: string) => link.replace(/^http:\/\//, "").replace(/\/j\/.*/, "/join");
  return (
    <section class="card joining" aria-labelledby="joining-title">
      <h2 id="joining-title">{t(now.joining ? "screen.join" : "screen.closed")}</h2>
      {now.joining && !now.local ? <QrCode rows={now.qr} name={t("screen.qr", { link: first })} /> : null}
      {now.local ? <p class="need">{t("screen.local")}</p> : <p class="address">{place(first)}</p>}
      <p class="soft">{t("screen.code")}</p>
      <p class="code" aria-label={[...now.code].join(" ")}>
        {now.code}
      </p>
      {others.length && now.joining ? <p class="soft">{t("screen.or", { links: others.map(place).join(", ") })}</p> : null}
      <p class="count">
        <b>{number(now.players, 0)}</b> {t("screen.joined")} · <b>{number(now.handed, 0)}</b> {t("screen.handed")}
      </p>
    </section>
  );
}

/** How many players have played how many quarters. */
export function Progress({ now }: { now: Head }) {
  const most = Math.max(1, ...now.progress);
  const spoken = now.progress.map((count, played) => (count ? t("progress.spoken", { n: count, played }) : "")).filter(Boolean).join("; ");
  return (
    <section class="card progress" aria-label={`${t("progress.title")}: ${spoken || t("progress.nobody")}`}>
      <h2>{t("progress.title")}</h2>
      <div class="bars" aria-hidden="true" style={{ gridTemplateColumns: `repeat(${now.quarters + 1}, minmax(0, 1fr))` }}>
        {now.progress.map((count, played) => (
          <div key={played} class={played > now.upto ? "shut" : ""}>
            <span class="count">{count || ""}</span>
            <i class={played === now.quarters ? "all" : ""} style={{ height: `${count ? Math.max(4, (54 * count) / most) : 2}px` }} />
            <span class="soft">{played}</span>
          </div>
        ))}
      </div>
      <p class="soft">{t("progress.axis")}</p>
    </section>
  );
}

function Bets({ now, kpi }: { now: ScreenState; kpi: string }) {
  const row = model.value!.kpis.get(kpi)!;
  const span = wholeGame().rules.report.find((each) => each.kpi === kpi)!.predict!;
  const expected = now.expected[kpi] ?? [];
  const came = now.came?.[kpi] ?? null;
  const scale = gameScale(row, [...expected, ...(came ?? []), span[1]]);
  const written = (value: number) => `${number(value * scale.factor, scale.decimals)} ${scale.unit}`;
  return (
    <>
      <ul class="legend">
        <li>
          <i class="expected" />
          {expected.length ? t("screen.expected", { middle: written(median(expected)) }) : t("screen.nothing")}
        </li>
        {came?.length ? (
          <li>
            <i class="came" />
            {t("screen.came", { middle: written(median(came)) })}
          </li>
        ) : null}
      </ul>
      <Histogram title={`${titleOf.kpi(row)}, ${scale.unit}`} expected={expected} came={came} span={span} scale={scale} height={came ? 270 : 250} />
    </>
  );
}

function FullScreen() {
  const full = useSignal(document.fullscreenElement !== null);
  useEffect(() => {
    const look = () => (full.value = document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", look);
    return () => document.removeEventListener("fullscreenchange", look);
  }, []);
  if (!document.fullscreenEnabled) return null;
  return (
    <button type="button" class="link" onClick={() => void (full.value ? document.exitFullscreen() : document.documentElement.requestFullscreen())}>
      {t(full.value ? "screen.small" : "screen.full")}
    </button>
  );
}
