/** Where the compiled part is found in a browser: beside the script that loads it, where bundlers put it as well. */

/** Nothing: what loads it knows its own address. */
export function source(_name: string): undefined {
  return undefined;
}
