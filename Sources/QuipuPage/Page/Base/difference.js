// Two texts compared by words.
import { h } from "./dom.js";
import { runs } from "./words.js";

const word = /\s+|[\p{L}\p{N}\p{M}_'’-]+|[^\s\p{L}\p{N}]/gu;
const mostSteps = 600;

/** Runs of `{kind: "same" | "old" | "new", text}`; Myers' algorithm, and the whole as replaced where too much differs. */
export function compareWords(older, newer) {
    const a = older.match(word) ?? [];
    const b = newer.match(word) ?? [];
    let start = 0;
    while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
    let end = 0;
    while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
    const runs = [];
    const add = (kind, words) => {
        if (!words.length) return;
        const last = runs[runs.length - 1];
        if (last?.kind === kind) last.text += words.join("");
        else runs.push({ kind, text: words.join("") });
    };
    add("same", a.slice(0, start));
    for (const [kind, words] of middle(a.slice(start, a.length - end), b.slice(start, b.length - end))) add(kind, words);
    add("same", a.slice(a.length - end));
    return runs;
}

function middle(a, b) {
    const reach = new Map([[1, 0]]);
    const trace = [];
    const most = Math.min(a.length + b.length, mostSteps);
    for (let steps = 0; steps <= most; steps += 1) {
        trace.push(new Map(reach));
        for (let k = -steps; k <= steps; k += 2) {
            const down = k === -steps || (k !== steps && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
            let x = down ? reach.get(k + 1) ?? 0 : (reach.get(k - 1) ?? 0) + 1;
            while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
            reach.set(k, x);
            if (x >= a.length && x - k >= b.length) return walkBack(a, b, trace, steps);
        }
    }
    return [["old", a], ["new", b]];
}

function walkBack(a, b, trace, steps) {
    const runs = [];
    let [x, y] = [a.length, b.length];
    for (let step = steps; step > 0; step -= 1) {
        const reach = trace[step];
        const k = x - y;
        const down = k === -step || (k !== step && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
        const previous = down ? k + 1 : k - 1;
        const fromX = reach.get(previous) ?? 0;
        const fromY = fromX - previous;
        while (x > fromX && y > fromY) { runs.push(["same", [a[x - 1]]]); x -= 1; y -= 1; }
        if (down) { runs.push(["new", [b[y - 1]]]); y -= 1; } else { runs.push(["old", [a[x - 1]]]); x -= 1; }
    }
    while (x > 0) { runs.push(["same", [a[x - 1]]]); x -= 1; }
    return runs.reverse();
}

/** The comparison as elements: removed words struck, new ones underlined. */
export function difference(older, newer, properties = {}) {
    return h("div", { class: "difference", dir: runs(newer), ...properties }, compareWords(older, newer).map(({ kind, text }) =>
        kind === "same" ? text : h(kind === "old" ? "del" : "ins", {}, text)));
}
