// Messages between a desk and a team, each with how far it has come.

import { clockTime } from "shared/clock.js";
import { h, icon } from "shared/dom.js";
import { t } from "shared/page_data.js";

function fate({ delivered_at: delivered, read_at: read, read_by: by }) {
  if (read) return t("message.read", { time: clockTime(read, { seconds: true }), who: by });
  if (delivered) return t("message.delivered", { time: clockTime(delivered, { seconds: true }) });
  return t("message.sent");
}

/** Rows of messages; `fromTeam` is which side looks: how far it has come is said of one's own. */
export function messageList(messages, { fromTeam, label }) {
  return h("ol", { class: "messages", "aria-label": label }, ...messages.map((message) => {
    const own = message.from_team === fromTeam;
    return h("li", { class: `message ${own ? "message--own" : "message--other"}`, dataset: { message: message.id } },
      h("span", { class: "small muted" }, `${clockTime(message.sent_at)} · ${message.sent_by}`),
      h("p", {}, message.text),
      own ? h("span", { class: "small muted" }, icon(message.read_at ? "check" : "arrow"), " ", fate(message)) : null);
  }));
}

/** When the newest message of the other side was sent that lacks the receipt; null where none does. */
export function unconfirmed(messages, { fromTeam, receipt }) {
  const theirs = messages.filter((one) => one.from_team !== fromTeam && !one[`${receipt}_at`]);
  return theirs.length ? theirs[theirs.length - 1].sent_at : null;
}
