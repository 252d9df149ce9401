import { served } from "../served";
import { t } from "../words";

export function Play() {
  return (
    <main id="main" class="text" tabIndex={-1}>
      <h1>{t("play.title")}</h1>
      <p>{t("play.text")}</p>
      {served("play") ? (
        <p>
          <a class="button" href="play">
            {t("play.open")}
          </a>
        </p>
      ) : (
        <p>
          {t("play.missing")} <code>ccsim app</code>
        </p>
      )}
    </main>
  );
}
