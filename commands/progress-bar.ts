import { SingleBar } from "cli-progress";
import type { Streams } from "./cli";

/** A bar that disappears when it is stopped; undefined if standard error is not a terminal. */
export function progressBar(
    { stderr }: Pick<Streams, "stderr">,
    format: string,
    total: number,
    payload: object = {},
): SingleBar | undefined {
    if (!stderr.isTTY) {
        return undefined;
    }
    const bar = new SingleBar({ stream: stderr, format, hideCursor: true, clearOnComplete: true });
    bar.start(total, 0, payload);
    return bar;
}
