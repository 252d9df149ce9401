// The people view: everybody as a dot by department, light to dark by what is looked at, in the week that is looked at.
import { effect, signal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Kpi, Plan } from "./model";
import { SHARES, type People, type Share, type Weighed } from "./people";
import type { Token } from "./pool";
import { useWidth } from "./size";
import { atWeek, engine, model, page, quiet, ranPlan, run } from "./store";
import { number, scaleOf, t, titleOf, type Word } from "./words";

/** What people are coloured by: how far they have come, or one of their shares. */
type Look = "stage" | Share;
const LOOKS: Record<Look, Word> = {
  stage: "people.by.stage", conviction: "people.by.conviction", habit: "people.by.habit", engagement: "people.by.engagement",
  skill: "people.by.skill", fatigue: "people.by.fatigue",
};
/** Shades from light to dark, by look; the last legend entry is a vacant post. */
const STAGES: Word[] = ["people.stage.none", "people.stage.convinced", "people.stage.habit"];
const THIRDS: Word[] = ["people.low", "people.middle", "people.high"];

const crowd = signal<{ plan: Plan; people: People } | null>(null);
const look = signal<Look>("stage");
const chosen = signal<number | null>(null);
let token: Token = { cancelled: false };
let followed = false;

/** Ask for everybody anew whenever a run is there; the latest one counts. */
function follow(): void {
  if (followed) return;
  followed = true;
  effect(() => {
    const plan = ranPlan.value;
    if (!run.value || page.value !== "explore" || crowd.peek()?.plan === plan) return;
    token.cancelled = true;
    const mine = (token = { cancelled: false });
    setTimeout(() => {
      if (mine.cancelled) return;
      engine()
        .people(plan, mine)
        .then((people) => {
          if (!mine.cancelled) crowd.value = { plan, people };
        })
        .catch(quiet);
    }, 250);
  });
}

const THRESHOLD = "habit.adopter_threshold";

/** How far a person is: 0 vacant post, then 1 to 3. */
function levelOf(of: People, place: number, by: Look, threshold: number): number {
  if (!of.present[place]) return 0;
  if (by === "stage") return of.habit[place] > 255 * threshold ? 3 : of.tipped[place] !== 0 ? 2 : 1;
  return 1 + Math.min(2, Math.floor((of[by][place] / 256) * 3));
}

function departmentWord(of: People, department: number, short = false): string {
  const own = model.value!.data.organisation?.departments[department];
  if (own) return own;
  const side = of.front[department] ? "people.front" : "people.back";
  return t(short ? `${side}.short` : side, { n: department + 1 });
}

export function Crowd() {
  follow();
  const { ref, width } = useWidth(254);
  const of = crowd.value;
  const week = Math.min(atWeek.value, of?.people.weeks ?? 1);
  const stale = of !== null && of.plan !== ranPlan.value;
  const places = useMemo(() => (of ? placed(of.people, width.value) : null), [of?.people, width.value]);
  const threshold = of ? Number(model.value!.value(of.plan, THRESHOLD)) : 1;
  const at = of ? (week - 1) * of.people.count : 0;
  const levels = of ? Array.from({ length: of.people.count }, (_, i) => levelOf(of.people, at + i, look.value, threshold)) : [];
  const counts = [0, 1, 2, 3].map((level) => levels.filter((each) => each === level).length);
  const words = look.value === "stage" ? STAGES : THIRDS;
  const spoken = [...words.map((word, i) => `${t(word)}: ${counts[i + 1]}`), ...(counts[0] ? [`${t("people.vacant")}: ${counts[0]}`] : [])].join("; ");
  return (
    <section class={`card crowd${stale ? " stale" : ""}`} aria-labelledby="crowd-title">
      <div class="head">
        <h2 id="crowd-title">{t("people.title", { week })}</h2>
        <select class="quiet" aria-label={t("people.by")} value={look.value} onChange={(event) => (look.value = event.currentTarget.value as Look)}>
          {(Object.keys(LOOKS) as Look[]).map((each) => (
            <option key={each} value={each}>
              {t(LOOKS[each])}
            </option>
          ))}
        </select>
      </div>
      <div ref={ref} style={{ minHeight: `${places?.height ?? 160}px` }}>
        {of && places ? (
          <svg viewBox={`0 0 ${width.value} ${places.height}`} class="chart people" role="img" aria-label={`${t("people.title", { week })}. ${spoken}.`}
            onClick={(event) => {
              const hit = (event.target as Element).getAttribute("data-i");
              if (hit !== null) chosen.value = Number(hit);
            }}>
            {places.heads.map((head) => (
              <text key={head.department} x={head.x} y={head.y} class="dept">
                {t(of.people.front[head.department] ? "people.front.short" : "people.back.short", { n: head.department + 1 })}
              </text>
            ))}
            {places.dots.map((dot, i) => (
              <circle key={i} data-i={i} cx={dot.x} cy={dot.y} r={places.radius} class={`p${levels[i]}${of.people.champion[at + i] ? " champion" : ""}${chosen.value === i ? " chosen" : ""}`} />
            ))}
          </svg>
        ) : null}
      </div>
      <ul class="legend dots">
        {words.map((word, i) => (
          <li key={word}>
            <svg width="12" height="12" aria-hidden="true">
              <circle cx="6" cy="6" r="4.5" class={`p${i + 1}`} />
            </svg>
            {t(word)} <b>{of ? counts[i + 1] : "–"}</b>
          </li>
        ))}
        {counts[0] ? (
          <li>
            <svg width="12" height="12" aria-hidden="true">
              <circle cx="6" cy="6" r="4" class="p0" />
            </svg>
            {t("people.vacant")} <b>{counts[0]}</b>
          </li>
        ) : null}
      </ul>
      {of ? <Person of={of.people} at={at} week={week} /> : null}
      {of ? <Departments of={of.people} at={at} threshold={threshold} /> : null}
      {of ? <Segments of={of.people} week={week} /> : null}
    </section>
  );
}

interface Places {
  dots: { x: number; y: number }[];
  heads: { department: number; x: number; y: number }[];
  radius: number;
  height: number;
}

/** Blocks of dots, one for each department, side by side as the width allows. */
function placed(of: People, width: number): Places {
  const departments = of.front.length;
  const size = of.count > 1000 ? 5 : of.count > 400 ? 8 : 11;
  const columns = Math.min(departments, width > 420 ? 6 : 5, Math.max(1, Math.floor(width / 44)));
  const gap = 8;
  const block = (width - gap * (columns - 1)) / columns;
  const across = Math.max(1, Math.floor(block / size));
  const dots: Places["dots"] = [];
  const heads: Places["heads"] = [];
  let top = 0;
  for (let first = 0; first < departments; first += columns) {
    let deepest = 0;
    for (let department = first; department < Math.min(departments, first + columns); department++) {
      const left = (department - first) * (block + gap);
      heads.push({ department, x: left, y: top + 11 });
      let seat = 0;
      for (let i = 0; i < of.count; i++) {
        if (of.department[i] !== department) continue;
        dots[i] = { x: left + (seat % across) * size + size / 2, y: top + 18 + Math.floor(seat / across) * size + size / 2 };
        seat++;
      }
      deepest = Math.max(deepest, Math.ceil(seat / across));
    }
    top += 18 + deepest * size + 6;
  }
  return { dots, heads, radius: size * 0.4, height: Math.ceil(top) };
}

/** One person: what they are like in this week, and how their conviction and habit went. */
function Person({ of, at, week }: { of: People; at: number; week: number }) {
  const { ref, width } = useWidth(220);
  const i = chosen.value;
  if (i === null || i >= of.count) {
    return (
      <button type="button" class="link" onClick={() => (chosen.value = 0)}>
        {t("people.look")}
      </button>
    );
  }
  const place = at + i;
  const path = (share: Share) =>
    Array.from({ length: of.weeks }, (_, w) => `${w ? "L" : "M"}${((w * width.value) / Math.max(1, of.weeks - 1)).toFixed(1)} ${(42 - (40 * of[share][w * of.count + i]) / 255).toFixed(1)}`).join("");
  const tipped = of.tipped[place];
  const facts = [
    t(tipped > 0 ? "people.since.week" : tipped < 0 ? "people.since.before" : "people.since.not", { n: tipped }),
    of.champion[place] ? t("people.champion") : "",
    t("people.joined", { n: of.since[place] }),
  ].filter(Boolean);
  const spoken = SHARES.map((share) => `${t(LOOKS[share])} ${number((100 * of[share][place]) / 255, 0)} %`).join(", ");
  return (
    <div class="person" role="group" aria-label={t("people.person", { n: i + 1, where: departmentWord(of, of.department[i]) })}>
      <div class="head">
        <b>{t("people.name", { n: i + 1, where: departmentWord(of, of.department[i]) })}</b>
        <span>
          <button type="button" class="step" aria-label={t("people.before")} onClick={() => (chosen.value = (i + of.count - 1) % of.count)}>
            ‹
          </button>
          <button type="button" class="step" aria-label={t("people.next")} onClick={() => (chosen.value = (i + 1) % of.count)}>
            ›
          </button>
          <button type="button" class="x" aria-label={t("notice.close")} onClick={() => (chosen.value = null)}>
            ×
          </button>
        </span>
      </div>
      {of.present[place] ? (
        <>
          <p class="soft">{facts.join(" · ")}</p>
          <p class="soft">{spoken}</p>
          <div ref={ref}>
            <svg viewBox={`0 0 ${width.value} 44`} class="chart" role="img" aria-label={t("people.path")}>
              <path d={path("conviction")} class="line run thin" />
              <path d={path("habit")} class="line said" />
              <line x1={((week - 1) * width.value) / Math.max(1, of.weeks - 1)} x2={((week - 1) * width.value) / Math.max(1, of.weeks - 1)} y1={0} y2={44} class="look" />
            </svg>
          </div>
          <ul class="legend">
            <li>
              <i class="run" />
              {t("people.by.conviction")}
            </li>
            <li>
              <i class="said" />
              {t("people.by.habit")}
            </li>
          </ul>
        </>
      ) : (
        <p class="soft">{t("people.vacant.text")}</p>
      )}
      {of.present[place] ? <Weighs person={i} week={week} /> : null}
    </div>
  );
}

const OPTIONS: Word[] = ["option.fast", "option.script", "option.solve", "option.hand", "option.escalate"];
const TERMS: Record<string, Word> = {
  reward: "term.reward", belief: "term.belief", norm: "term.norm", habit: "term.habit", effort: "term.effort", blame: "term.blame",
  checks: "term.checks", reluctance: "term.reluctance",
};
/** An appeal of options that are not open. */
const SHUT = -1e8;

/** What the person weighs in an ordinary case of this week: the chance of each way to handle it, and what speaks for and against. */
function Weighs({ person, week }: { person: number; week: number }) {
  const open = useSignal(false);
  const found = useSignal<Weighed | null>(null);
  /** The option whose terms are looked at; the likeliest one at first. */
  const shown = useSignal<number | null>(null);
  const plan = ranPlan.value;
  useEffect(() => {
    if (!open.value) return;
    const mine: Token = { cancelled: false };
    found.value = null;
    const wait = setTimeout(() => {
      engine()
        .weigh({ ...plan, weeks: week, person }, mine)
        .then((told) => {
          if (!mine.cancelled) found.value = told;
        })
        .catch(quiet);
    }, 200);
    return () => {
      mine.cancelled = true;
      clearTimeout(wait);
    };
  }, [open.value, person, week, plan]);
  const told = found.value;
  const top = told ? Math.max(...told.appeals) : 0;
  const weights = told ? told.appeals.map((appeal) => Math.exp(appeal - top)) : [];
  const sum = weights.reduce((all, each) => all + each, 0);
  const likely = weights.indexOf(Math.max(...weights));
  const seen = shown.value !== null && told && told.appeals[shown.value] > SHUT ? shown.value : Math.max(0, likely);
  const terms = told ? Object.keys(TERMS).filter((term) => Math.abs(told.terms[term][seen]) >= 0.005) : [];
  return (
    <div>
      <button type="button" class="link" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        {t(open.value ? "weigh.hide" : "weigh.show")}
      </button>
      {open.value && !told ? <p class="soft">{t("loading.text")}</p> : null}
      {open.value && told ? (
        <>
          <ul class="rows">
            {OPTIONS.map((word, option) =>
              told.appeals[option] > SHUT ? (
                <li key={word}>
                  <button type="button" class="row" aria-pressed={option === seen} onClick={() => (shown.value = option)}>
                    <span>{t(word)}</span>
                    <span class="figure">{number((100 * weights[option]) / sum, 0)} %</span>
                  </button>
                </li>
              ) : null,
            )}
          </ul>
          <table>
            <caption class="soft">{t("weigh.terms", { way: t(OPTIONS[seen]) })}</caption>
            <tbody>
              {terms.map((term) => (
                <tr key={term}>
                  <th scope="row">{t(TERMS[term])}</th>
                  <td>{number(told.terms[term][seen], 2, true)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p class="soft">{t("weigh.note")}</p>
        </>
      ) : null}
    </div>
  );
}

/** The same week by customer segment, as a table. */
function Segments({ of, week }: { of: People; week: number }) {
  const open = useSignal(false);
  const rows = Object.keys(of.segments[0] ?? {}).map((key) => model.value!.kpis.get(key)!);
  const own = model.value!.data.organisation?.segments ?? [];
  const written = (kpi: Kpi, value: number) => {
    const scale = scaleOf(kpi, value);
    return Number.isFinite(value) ? number(value * scale.factor, scale.decimals) : "–";
  };
  return (
    <div>
      <button type="button" class="link" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        {t(open.value ? "segments.hide" : "segments.show")}
      </button>
      {open.value ? (
        <div class="scroll" tabIndex={0} role="region" aria-label={t("segments.show")}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("segments.figure")}</th>
                {of.segments.map((_, i) => (
                  <th scope="col" key={i}>
                    {own[i] ?? t("segments.name", { n: i + 1 })}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((kpi) => (
                <tr key={kpi.key}>
                  <th scope="row">
                    {titleOf.kpi(kpi)}
                    {scaleOf(kpi, 0).unit ? `, ${scaleOf(kpi, 0).unit}` : ""}
                  </th>
                  {of.segments.map((segment, i) => (
                    <td key={i}>{written(kpi, segment[kpi.key][week - 1])}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </div>
  );
}

/** The same week by department, as a table. */
function Departments({ of, at, threshold }: { of: People; at: number; threshold: number }) {
  const open = useSignal(false);
  const rows = Array.from({ length: of.front.length }, (_, department) => {
    const seats = Array.from({ length: of.count }, (_, i) => i).filter((i) => of.department[i] === department && of.present[at + i]);
    const mean = (value: (i: number) => number) => (seats.length ? seats.reduce((sum, i) => sum + value(at + i), 0) / seats.length : NaN);
    return {
      department,
      people: seats.length,
      adopters: mean((i) => (of.habit[i] > 255 * threshold ? 100 : 0)),
      convinced: mean((i) => (of.tipped[i] !== 0 ? 100 : 0)),
      fatigue: mean((i) => (100 * of.fatigue[i]) / 255),
    };
  });
  return (
    <div>
      <button type="button" class="link" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        {t(open.value ? "people.table.hide" : "people.table")}
      </button>
      {open.value ? (
        <div class="scroll" tabIndex={0} role="region" aria-label={t("people.table")}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("people.department")}</th>
                <th scope="col">{t("people.count")}</th>
                <th scope="col">{t("people.stage.habit")} %</th>
                <th scope="col">{t("people.stage.convinced")} %</th>
                <th scope="col">{t("people.by.fatigue")} %</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.department}>
                  <th scope="row">{departmentWord(of, row.department, true)}</th>
                  <td>{row.people}</td>
                  <td>{number(row.adopters, 0)}</td>
                  <td>{number(row.convinced, 0)}</td>
                  <td>{number(row.fatigue, 0)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </div>
  );
}
