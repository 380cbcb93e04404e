// The search in the manual: reads all sections once and finds those that hold every word asked for.

const form = document.getElementById("help-search-form");
const input = document.getElementById("help-search");
const found = document.getElementById("help-found");
const MOST = 12;
const AROUND = 36;

let sections = null;

async function readSections() {
    const answer = await fetch(form.dataset.index);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
}

function wordsOf(query) {
    return query.normalize("NFKC").toLowerCase().split(/[\s,，、。；？?]+/u).filter(Boolean);
}

// A run of Chinese that stands nowhere as a whole is looked for by pairs of characters.
function pairsOf(word) {
    if (!/^[\p{Script=Han}]{3,}$/u.test(word)) return [];
    return Array.from({ length: word.length - 1 }, (_, at) => word.slice(at, at + 2));
}

function rank(section, words) {
    const heading = `${section.title} ${section.heading}`.toLowerCase();
    const text = section.text.toLowerCase();
    let points = 0;
    for (const word of words) {
        if (heading.includes(word)) points += section.anchor ? 4 : 6;
        else if (text.includes(word)) points += 1;
        else return 0;
    }
    return points;
}

function loosely(section, words) {
    const heading = `${section.title} ${section.heading}`.toLowerCase();
    const text = section.text.toLowerCase();
    const pairs = words.flatMap((word) => (pairsOf(word).length ? pairsOf(word) : [word]));
    let points = 0;
    for (const pair of pairs) {
        if (heading.includes(pair)) points += 3;
        else if (text.includes(pair)) points += 1;
    }
    return points >= Math.max(2, pairs.length / 3) ? points : 0;
}

function best(words, judge) {
    return sections
        .map((section) => ({ section, points: judge(section, words) }))
        .filter((each) => each.points > 0)
        .sort((a, b) => b.points - a.points)
        .slice(0, MOST)
        .map((each) => each.section);
}

function snippet(text, words) {
    const lower = text.toLowerCase();
    const places = words.map((word) => lower.indexOf(word)).filter((at) => at >= 0);
    const at = places.length ? Math.min(...places) : 0;
    const from = Math.max(0, at - AROUND);
    const cut = text.slice(from, at + 2 * AROUND);
    return `${from ? "…" : ""}${cut}${at + 2 * AROUND < text.length ? "…" : ""}`;
}

function marked(text, words) {
    const line = document.createElement("p");
    const lower = text.toLowerCase();
    const word = words.find((each) => lower.includes(each));
    const at = word ? lower.indexOf(word) : -1;
    if (at < 0) {
        line.textContent = text;
        return line;
    }
    const mark = document.createElement("mark");
    mark.textContent = text.slice(at, at + word.length);
    line.append(text.slice(0, at), mark, text.slice(at + word.length));
    return line;
}

function address(section) {
    const [path, query] = form.dataset.pages.split("?");
    const hash = section.anchor ? `#${encodeURIComponent(section.anchor)}` : "";
    return `${path}/${section.page}${query ? `?${query}` : ""}${hash}`;
}

function entry(section, words) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = address(section);
    link.textContent = section.anchor ? `${section.title} › ${section.heading}` : section.title;
    item.append(link, marked(snippet(section.text, words), words));
    return item;
}

function say(text) {
    const line = document.createElement("p");
    line.textContent = text;
    found.replaceChildren(line);
}

async function search() {
    const words = wordsOf(input.value);
    if (!words.length) {
        found.replaceChildren();
        return;
    }
    try {
        sections ??= await readSections();
    } catch {
        say(form.dataset.failed);
        return;
    }
    if (words.join() !== wordsOf(input.value).join()) return;
    let hits = best(words, rank);
    if (!hits.length) hits = best(words, loosely);
    if (!hits.length) {
        say(form.dataset.none);
        return;
    }
    const list = document.createElement("ul");
    list.append(...hits.map((section) => entry(section, words)));
    found.replaceChildren(list);
}

form.hidden = false;
form.addEventListener("submit", (event) => {
    event.preventDefault();
    found.querySelector("a")?.click();
});
input.addEventListener("input", search);
