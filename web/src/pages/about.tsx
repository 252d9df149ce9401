// How it works: what the model is, what it is not, and where its numbers come from.
import { useSignal } from "@preact/signals";
import { capital } from "../levers";
import { served } from "../served";
import { model } from "../store";
import { leverText, t, titleOf } from "../words";

export function About() {
  const found = model.value!;
  const sought = useSignal("");
  const whole = useSignal(false);
  const rows = found.data.parameters.filter((row) =>
    `${titleOf.lever(row)} ${row.key} ${row.source} ${titleOf.leverHelp(row)}`.toLowerCase().includes(sought.value.toLowerCase()),
  );
  const assumed = found.data.parameters.filter((row) => row.source === "assumed").length;
  const shown = whole.value ? rows : rows.slice(0, sought.value ? 80 : 20);
  return (
    <main id="main" class="text" tabIndex={-1}>
      <h1>{t("about.title")}</h1>
      <p>{t("about.what")}</p>
      <h2>{t("about.week.title")}</h2>
      <p>{t("about.week")}</p>
      <h2>{t("about.luck.title")}</h2>
      <p>{t("about.luck")}</p>
      <h2>{t("about.limits.title")}</h2>
      <ul>
        <li>{t("about.limit.assumed", { n: assumed, all: found.data.parameters.length })}</li>
        <li>{t("about.limit.one")}</li>
        <li>{t("about.limit.forecast")}</li>
      </ul>
      <p>
        <a href="#/bet">{t("page.bet")}</a>
      </p>
      <h2>{t("about.here.title")}</h2>
      <p>{t("about.here")}</p>
      <p>{t(served("class") || found.data.organisation ? "about.served" : "about.static")}</p>
      <h2>{t("about.figures.title")}</h2>
      <dl>
        {found.data.kpis.map((row) => (
          <div key={row.key}>
            <dt>{titleOf.kpi(row)}</dt>
            <dd class="soft">{capital(titleOf.kpiHelp(row))}</dd>
          </div>
        ))}
      </dl>
      <h2>{t("about.sources.title")}</h2>
      <input type="search" class="search" aria-label={t("about.search")} placeholder={t("about.search")} value={sought.value} onInput={(event) => (sought.value = event.currentTarget.value)} />
      <p class="soft" role="status">
        {t("about.shown", { shown: shown.length, n: rows.length })}
      </p>
      <div class="scroll wide" tabIndex={0} role="region" aria-label={t("about.sources.title")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("about.parameter")}</th>
              <th scope="col">{t("about.usual")}</th>
              <th scope="col">{t("about.source")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.key}>
                <th scope="row">
                  {titleOf.lever(row)} <code>{row.key}</code>
                </th>
                <td>{leverText(row, row.default)}</td>
                <td class="source">{row.source === "assumed" ? t("lever.assumed") : row.source}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < rows.length ? (
        <button type="button" onClick={() => (whole.value = true)}>
          {t("about.all", { n: rows.length })}
        </button>
      ) : null}
      <p class="soft">{t("about.version", { version: found.data.version })}</p>
    </main>
  );
}
