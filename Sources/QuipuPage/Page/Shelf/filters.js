// Filters beside the list; each is a word of the query.
import { get } from "./api.js";
import { button, h, inParts, replace } from "./dom.js";
import { filter, has, replaced, toggled, valueOf } from "./query.js";

const fewest = 12;
const most = 500;
const states = [["has:conflict", "In conflict"], ["has:annotation", "With annotations"], ["has:attachment", "With files"], ["is:deleted", "Deleted"]];

export async function filters(place, state) {
    const [{ tags }, { collections }] = await Promise.all([get("tags", { signal: state.signal }), get("collections", { signal: state.signal })]);
    const boxes = [];
    const box = (word, label, number) => h("label", { class: "filter" },
        boxed(word, h("input", { type: "checkbox", checked: has(state.query(), word), onchange: () => state.setQuery(toggled(state.query(), word)) })),
        h("span", { dir: "auto" }, label), number === undefined ? null : h("span", { class: "number" }, number.toLocaleString()));
    function boxed(word, input) { boxes.push([word, input]); return input; }
    const dates = [];
    const group = (title, choices, make) => {
        if (!choices.length) return null;
        const body = h("div", {}, choices.slice(0, fewest).map(make));
        const rest = choices.length > fewest
            ? button(`All ${choices.length.toLocaleString()}`, () => { replace(body, inParts(choices, make, most)); rest.remove(); }, { class: "plain" }) : null;
        return h("fieldset", {}, h("legend", {}, title), body, rest);
    };
    const dateField = (name, label) => h("label", { class: "day" }, label,
        dated(name, h("input", { type: "date", onchange: (event) => state.setQuery(replaced(state.query(), name, event.target.value)) })));
    function dated(name, input) { dates.push([name, input]); return input; }
    const isOpen = matchMedia("(min-width: 60rem)").matches;
    replace(place, h("details", { ...(isOpen ? { open: "" } : {}) }, h("summary", {}, "Filters"),
        group("Collections", collections, (one) => box(filter("in", one.name), one.name, one.count)),
        group("Tags", tags, (one) => box(filter("tag", one.tag), one.tag, one.count)),
        h("fieldset", {}, h("legend", {}, "Date"), dateField("after", "from"), dateField("before", "until")),
        group("State", states, ([word, label]) => box(word, label))));
    function update() {
        for (const [word, input] of boxes) input.checked = has(state.query(), word);
        for (const [name, input] of dates) {
            const given = valueOf(state.query(), name);
            if (document.activeElement !== input) input.value = /^\d{4}-\d\d-\d\d$/.test(given) ? given : "";
        }
    }
    update();
    return update;
}
