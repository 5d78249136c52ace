// A query is text that people can also type: filters of the page add words to it and take them away.

/** The parts of a query, quotes kept together. */
export function words(query) { return query.match(/-?[\w-]*:?"[^"]*"?|\S+/gu) ?? []; }

export function filter(name, value) {
    return `${name}:${/^[\p{L}\p{N}_.\/-]+$/u.test(value) ? value : `"${value.replaceAll('"', "")}"`}`;
}

/** What is being typed: its last word is taken for the beginning of one, as long as it is a plain word. */
export function begun(query) { return /(^|\s)[\p{L}\p{N}][\p{L}\p{N}\p{M}]+$/u.test(query) && !/\b(OR|AND|NOT)$/.test(query) ? query + "*" : query; }

export function has(query, word) { return words(query).includes(word); }

export function toggled(query, word) {
    const given = words(query);
    return (given.includes(word) ? given.filter((other) => other !== word) : [...given, word]).join(" ");
}

/** With one filter of that name at most, and none where the value is empty. */
export function replaced(query, name, value) {
    const rest = words(query).filter((word) => !word.startsWith(name + ":"));
    return (value ? [...rest, filter(name, value)] : rest).join(" ");
}

export function valueOf(query, name) {
    const found = words(query).find((word) => word.startsWith(name + ":"));
    return found ? found.slice(name.length + 1).replaceAll('"', "") : "";
}
