import { served } from "../served";
import { t } from "../words";

export function ClassPage() {
  return (
    <main id="main" class="text" tabIndex={-1}>
      <h1>{t("class.title")}</h1>
      <p>{t("class.text")}</p>
      {served("class") ? (
        <p>
          <a class="button" href="class">
            {t("class.open")}
          </a>
        </p>
      ) : (
        <p>
          {t("class.missing")} <code>ccsim app</code>
        </p>
      )}
    </main>
  );
}
