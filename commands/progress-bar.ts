import { SingleBar } from "cli-progress";
import type { Streams } from "./cli";

/** A bar on a terminal, gone once it is stopped; none where nobody watches. */
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
