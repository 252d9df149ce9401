// A living figure, for a page that shows one finding: the answer, the chart and a few levers, without the bar.
import { addressOf } from "../address";
import { Lever, leversInView } from "../levers";
import { answer, chanceWords, sameAsTwin } from "../sentence";
import { behind, choose, figureLevers, kpi, model, pinned, plan, ranPlan, REPLICATES, run, twin } from "../store";
import { t, titleOf } from "../words";
import { Big, Skeleton } from "./explore";

const MOST_LEVERS = 4;

export function Figure() {
  const found = model.value!;
  if (!run.value || !twin.value) return <Skeleton />;
  const of = ranPlan.value;
  const levers = figureLevers.value.length ? figureLevers.value : leversInView(plan.value).slice(0, MOST_LEVERS);
  return (
    <main id="main" class="figure" tabIndex={-1}>
      <h1 id="answer">{answer(found, of, run.value, twin.value, behind.value)}</h1>
      <p class="soft under" role="status">
        {sameAsTwin(found, of) ? t("under.nothing") : chanceWords(found, behind.value, REPLICATES)}
      </p>
      <Big />
      <section class="card set" aria-label={t("plan.title")}>
        <select aria-label={t("plan.from")} value={plan.value.scenario} onChange={(event) => choose(event.currentTarget.value)}>
          {found.data.scenarios.map((each) => (
            <option key={each.key} value={each.key}>
              {t("plan.start", { title: titleOf.scenario(each) })}
            </option>
          ))}
        </select>
        <div class="few">
          {levers.map((name) => (
            <Lever key={name} name={name} />
          ))}
        </div>
        <p>
          <a href={addressOf("explore", plan.value, kpi.value, pinned.value?.plan ?? null)} target="_blank" rel="noopener">
            {t("figure.open")}
          </a>
        </p>
      </section>
    </main>
  );
}
