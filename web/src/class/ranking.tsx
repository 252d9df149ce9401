// One ranking for all pages: the server's own, and the one of games that were read from files.
import { number, t } from "../words";
import type { Rank } from "./member";

export function RankTable({ ranks, mine = "" }: { ranks: Rank[]; mine?: string }) {
  const teams = ranks.some((row) => row.games > 1);
  return (
    <>
      <table class="ranks">
        <thead>
          <tr>
            <th scope="col">{t("rank.place")}</th>
            <th scope="col">{t("rank.name")}</th>
            <th scope="col">{t("rank.points")}</th>
            {teams ? <th scope="col">{t("rank.games")}</th> : null}
          </tr>
        </thead>
        <tbody>
          {ranks.map((row, i) => (
            <tr key={`${row.name}${i}`} class={mine && row.name.toLowerCase() === mine.toLowerCase() ? "mine" : ""}>
              <td>{row.place}</td>
              <th scope="row">{row.name || t("rank.noname")}</th>
              <td>{number(row.points, 1)}</td>
              {teams ? <td>{row.games}</td> : null}
            </tr>
          ))}
        </tbody>
      </table>
      {teams ? <p class="soft">{t("rank.teams")}</p> : null}
    </>
  );
}
