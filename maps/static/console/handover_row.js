// One hand-over: where it stands, what to do about it, and what was packed.

import { openForm, textField } from "console/inline_form.js";
import { clockTime, fullTime } from "shared/clock.js";
import { h, icon } from "shared/dom.js";
import { hasWord, t } from "shared/page_data.js";

const FAILED = ["rejected", "given_up"];
const LOOKS = { pending: "clock", sending: "arrow", sent: "arrow", acknowledged: "check", rejected: "alert", given_up: "alert" };
const KINDS = { pending: "plain", sending: "plain", sent: "warn", acknowledged: "good" };

export const isFailed = ({ state, settled_at: settled }) => FAILED.includes(state) && !settled;

export function stateBadge(handover) {
  const { state, settled_by: who } = handover;
  const kind = isFailed(handover) ? "alert" : KINDS[state] ?? "plain";
  const text = who ? t("handover.state.settled", { who }) : t(`handover.state.${state}`);
  return h("span", { class: `badge ${kind}` }, icon(LOOKS[state]), text);
}

export function phoneNow(handover) {
  return isFailed(handover)
    ? h("p", { class: "phone-now", role: "alert" }, icon("phone"), h("strong", {}, t("handover.phone_now"))) : null;
}

export function waitingText({ state, attempt, next_at: next }) {
  return state === "pending" && attempt > 0
    ? h("span", { class: "muted small" }, t("handover.again_at", { n: attempt, time: clockTime(next, { seconds: true }) })) : null;
}

function file(handover, part, key) {
  return h("a", {
    class: "button", href: `/v1/handovers/${handover.id}/${part}`, target: "_blank", rel: "noopener",
    dataset: { key: `${part}-${handover.id}` },
  }, t(key));
}

/** Links and buttons; `slot` holds the form that asks for 112's number. */
export function handoverButtons(handover, context, slot, { files = true } = {}) {
  const { id, state, settled_at: settled, has_page: page } = handover;
  const open = state !== "acknowledged" && !settled;
  return h("div", { class: "handover-buttons" },
    open ? h("button", {
      type: "button", class: `button ${isFailed(handover) ? "primary" : ""}`, dataset: { key: `phoned-${id}` },
      onclick: () => openForm(slot, {
        title: t("handover.phoned.form"),
        fields: [["reference", textField(t("handover.phoned.reference"), { required: true, maxLength: 100 })]],
        keep: `handover-${id}/reference`,
        send: (values) => context.act(`/v1/handovers/${id}/acknowledge`, values, t("handover.phoned.done")),
      }),
    }, icon("phone"), t("handover.phoned")) : null,
    isFailed(handover) ? h("button", {
      type: "button", class: "button", dataset: { key: `retry-${id}` },
      onclick: () => context.act(`/v1/handovers/${id}/retry`, {}, t("handover.retry.done")),
    }, icon("refresh"), t("handover.retry")) : null,
    files && page ? file(handover, "pdf", "handover.pdf") : null,
    files ? file(handover, "eido", "handover.eido") : null);
}

function detailText(detail) {
  const key = `handover.detail.${detail.replaceAll(" ", "_")}`;
  return hasWord(key) ? t(key) : detail;
}

export function handoverLog({ log }) {
  return h("details", { class: "handover-log" }, h("summary", {}, t("handover.log")),
    h("ol", {}, ...log.map(({ at, event, attempt, detail, actor }) => {
      const key = `handover.event.${event}`;
      return h("li", {}, h("time", { class: "number", dateTime: at, title: fullTime(at) }, clockTime(at, { seconds: true })),
        h("span", {}, ` ${hasWord(key) ? t(key, { n: attempt }) : event}`, detail ? ` · ${detailText(detail)}` : "",
          actor === "courier" ? "" : h("span", { class: "muted" }, ` · ${actor}`)));
    })));
}
