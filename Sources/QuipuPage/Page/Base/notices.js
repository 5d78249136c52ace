// What is said in passing, and what is asked in a window of its own.
import { button, h, replace } from "./dom.js";

let region = null;
let timer = 0;

export function noticeRegion() {
    region = h("div", { id: "notices", role: "status", "aria-live": "polite" });
    return region;
}

/** Says something; an action such as “Undo” stays as long as the notice. */
export function say(text, { action, label = "Undo", isError = false, detail = "" } = {}) {
    if (!region) return;
    clearTimeout(timer);
    const notice = h("div", { class: isError ? "notice error" : "notice" },
        h("span", {}, text, detail ? h("small", {}, " ", detail) : null),
        action ? button(label, async () => { hush(); await action(); }, { class: "undo", "aria-keyshortcuts": "u" }) : null,
        button("×", hush, { class: "plain", "aria-label": "Dismiss" }));
    replace(region, notice);
    if (!isError) timer = setTimeout(hush, action ? 15000 : 6000);
}

export function hush() { clearTimeout(timer); region?.replaceChildren(); }

export function sayError(error) {
    if (error?.name === "AbortError") return;
    say(error?.message ?? String(error), { isError: true, detail: error?.detail ?? "" });
}

/** Runs a command of the user, and says what went wrong. */
export async function attempt(action) {
    try { return await action(); } catch (error) { sayError(error); return undefined; }
}

/**
 * Opens a window; `build(close)` gives its content, and what `close` is given is the answer, null if it was left.
 */
export function openDialog(title, build, { wide = false } = {}) {
    return new Promise((answer) => {
        const before = document.activeElement;
        const heading = h("h2", { id: "dialog-title", tabindex: "-1" }, title);
        const dialog = h("dialog", { "aria-labelledby": "dialog-title", class: wide ? "wide" : null });
        let given = null;
        const close = (value) => { given = value ?? null; dialog.close(); };
        dialog.addEventListener("close", () => {
            dialog.remove();
            if (before instanceof HTMLElement && before.isConnected) before.focus();
            answer(given);
        });
        dialog.append(heading, ...[build(close)].flat());
        document.body.append(dialog);
        dialog.showModal();
        (dialog.querySelector("[autofocus]") ?? dialog.querySelector("input, textarea, select, button:not(.plain)") ?? heading).focus();
    });
}

export function confirmAction(title, words, label) {
    return openDialog(title, (close) => [
        h("p", {}, words),
        h("div", { class: "buttons" },
            button(label, () => close(true), { class: "main", autofocus: true }), button("Cancel", () => close(null))),
    ]);
}

/** Asks for one line; null if it was left. */
export function askLine(title, label, { value = "", hint = "", choices = [] } = {}) {
    return openDialog(title, (close) => {
        const field = h("input", { id: "dialog-line", value, autocomplete: "off", dir: "auto", list: choices.length ? "dialog-choices" : null });
        return h("form", { method: "dialog", onsubmit: (event) => { event.preventDefault(); close(field.value.trim()); } },
            h("label", { for: "dialog-line" }, label), field,
            choices.length ? h("datalist", { id: "dialog-choices" }, choices.map((choice) => h("option", { value: choice }))) : null,
            hint ? h("p", { class: "hint" }, hint) : null,
            h("div", { class: "buttons" }, h("button", { class: "main" }, "Save"), button("Cancel", () => close(null))));
    });
}
