import { templateIn } from "../../components/args/open-value";
import { ESCAPED_TAG, TAG, unescaped } from "../config-yml";
import { redact } from "../credentials";
import { escaped } from "../escape";
import { errorAt, lineOf } from "../yaml-error";

/** The end of a masked token. */
const MASK_END = "\ufdd2";
/** The end of a token that has lines of its own: a key, since it may stand for several. */
const MASK_KEY_END = "\ufdd3:";

/** What a template tool would replace, at its offset in the file. */
interface Token {
    readonly offset: number;
    readonly text: string;
}

/** The offsets between two instructions of a template tool, such as `{% if … %}` and `{% endif %}`. */
interface Block {
    readonly start: number;
    end: number;
    /** The first instruction, as a message may show it. */
    readonly instruction: string;
}

/** A config.yml in which YAML finds no token of a template tool. */
export interface Masked {
    readonly text: string;
    readonly tokens: readonly Token[];
    readonly blocks: readonly Block[];
    /** The numbers of the lines that hold instructions only. */
    readonly instructionLines: readonly number[];
}

/** Notations that YAML would refuse, or read as something else than a string. */
const TOKENS = new RegExp(
    [
        "<%%", // ERB's escape
        String.raw`<%(?:%%>|(?!%?%>|<%)[\s\S]){0,9999}%>`,
        "<%", // without %>
        String.raw`\{%[\s\S]{0,9999}?%\}|\{#[\s\S]{0,9999}?#\}`,
        String.raw`\{\{(?:!--[\s\S]*?--|-?\s*\/\*[\s\S]*?\*\/\s*-?)\}\}`,
        String.raw`\{\{\{[^\n]*?\}\}\}|\{\{[^\n]*?\}\}|\[\[[^\]\n]*\]\]`,
        String.raw`[$%]\{(?:[^{}"\n]|"[^"\n]*"|\{[^{}\n]*\})*\}`,
        String.raw`@[A-Za-z_][\w.-]*@|%\(\w+\)[a-z]|%[A-Z][A-Z_]{2,}%|\*{3,}`,
    ].join("|"),
    "g",
);

/** Ansible's `ansible_managed` is a comment, too. */
const COMMENT = /^(?:<%#|\{#|\{\{-?\s*\/\*|\{\{!|\{\{\s*ansible_managed\b)/;
const INSTRUCTION =
    /^(?:<%(?!=)|\{%|%\{|\{\{[#^/>]|\{\{[-~]?\s*(?:if|else|end|range|with|define|block|template)\b)/;
const OPENS = new RegExp(
    [
        String.raw`^<%-?\s*(?:if|unless|case|for|while|until|begin)\b|\bdo\b\s*(?:\|[^|]*\|)?\s*-?%>$|\{\s*(?:\|[^|]*\|)?\s*-?%>$`,
        String.raw`^\{%[-+]?\s*(?:if|for|block|macro|call|filter|with|raw)\b|^%\{~?\s*(?:if|for)\b`,
        String.raw`^\{\{[#^]|^\{\{[-~]?\s*(?:if|range|with|define|block)\b`,
    ].join("|"),
);
const CLOSES = /^(?:<%-?\s*(?:end\b|\})|\{%[-+]?\s*end\w+|%\{~?\s*end\w+|\{\{\/|\{\{[-~]?\s*end\b)/;

/**
 * Masks what a template tool would replace, and blanks out its comments and the lines that hold instructions only.
 * @throws InvalidArguments if a tag of ERB has no end.
 */
export function mask(text: string, file: string): Masked {
    const tokens: Token[] = [];
    const blocks: Block[] = [];
    const lines = new Set<number>();
    const masked = text.replace(TOKENS, (token: string, offset: number) => {
        if (token === "<%%") {
            return ESCAPED_TAG;
        }
        if (token === "<%") {
            const fix = "end the tag with %> before the next tag";
            throw errorAt(file, text, offset, { code: "erb-line", found: "<% without %>", fix });
        }
        if (COMMENT.test(token)) {
            return blank(token);
        }
        const isInstruction = INSTRUCTION.test(token);
        const block = blocks.findLast(({ end }) => end === text.length);
        if (isInstruction && CLOSES.test(token) && block !== undefined) {
            block.end = offset;
        }
        if (isInstruction && OPENS.test(token)) {
            blocks.push({ start: offset, end: text.length, instruction: shown(token) });
        }
        const hasOwnLines = isAlone(text, offset, offset + token.length);
        if (isInstruction && hasOwnLines) {
            lines.add(lineOf(text, offset));
            return blank(token);
        }
        tokens.push({ text: token, offset });
        const end = hasOwnLines ? MASK_KEY_END : MASK_END;
        return TAG.repeat(token.length - end.length) + end;
    });
    return { text: masked, tokens, blocks, instructionLines: [...lines] };
}

function blank(token: string): string {
    return token.replace(/[^\n]/g, " ");
}

/** Whether the lines of a token hold other instructions and comments at most. */
function isAlone(text: string, start: number, end: number): boolean {
    const before = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
    const newline = text.indexOf("\n", end);
    const after = text.slice(end, newline === -1 ? text.length : newline);
    const rest = `${before} ${after}`.replace(TOKENS, (token) =>
        COMMENT.test(token) || INSTRUCTION.test(token) ? "" : token,
    );
    return /^\s*(?:#.*)?$/.test(rest);
}

/** A masked string of a range of the file, as it was written. */
export function restored(
    masked: string,
    { tokens }: Masked,
    [start = 0, end = 0]: readonly number[],
): string {
    const inside = tokens.filter(({ offset }) => offset >= start && offset < end);
    let index = 0;
    return masked.replace(
        new RegExp(`${TAG}*(?:${MASK_END}|${MASK_KEY_END}?)`, "g"),
        () => inside[index++]?.text ?? "",
    );
}

const LONGEST = 100;

/** What precedes the name of an attribute or an environment variable. */
const VARIABLE = /(?:[\w\]]\[|\b(?:ENV\.fetch|get_?env|env_?var|env)\()\s*$/i;

/**
 * A value, or a key, for a comment or a message, on one line and without secrets: of a template without its literals,
 * which may be defaults of secrets.
 */
export function shown(text: string): string {
    return templateIn(text, []) === undefined ? escaped(redact(text)).trim() : shownTemplate(text);
}

function shownTemplate(source: string): string {
    const template = redact(
        unescaped(source)
            .replace(/(["'`])(?:(?!\1)[^\n])*\1/g, (literal, quote: string, offset: number, whole: string) =>
                VARIABLE.test(whole.slice(0, offset)) ? literal : `${quote}…${quote}`,
            )
            .replace(/%[qQwWiIx]?([[({<|!/])[^\n]*?[\])}>|!/]/g, "%$1…")
            // Other tools' names have hyphens, in lower case.
            .replace(/(\$\{(?:\w+:|[A-Z_\d]+)[-=+?])[^}]*\}/g, "$1…}")
            .replace(/\d{5,}/g, "…"),
    )
        .replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufdd0-\ufdef]+/gu, " ")
        .trim();
    return template.length > LONGEST ? `${template.slice(0, LONGEST)}…` : template;
}
