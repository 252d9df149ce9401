/** Pages that the server beside this one has: `ccsim app` names them in the page; a file or a static folder has none. */
export function served(name: "class" | "mesa"): boolean {
  const named = document.querySelector<HTMLMetaElement>('meta[name="ccsim-pages"]')?.content ?? "";
  return named.split(" ").includes(name);
}
