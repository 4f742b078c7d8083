/** The stories of the project, through the typed API, in memory. */

import { after, test } from "node:test";

import * as nexa from "nexa-crm";

import { catalog, stories, text } from "../support/project.js";
import { replay } from "../support/stories.js";

const real = Date.now;
const clock = (moment) => {
  Date.now = () => Date.parse(moment);
};
after(() => {
  Date.now = real;
});

const kinds = Object.keys(catalog().kinds);
for (const [name, story] of stories()) {
  test(name, async () => {
    const crm = await nexa.open("memory:");
    await replay({ nexa, crm, clock, read: text, kinds }, story);
    await crm.close();
  });
}
