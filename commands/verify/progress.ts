import { SingleBar } from "cli-progress";
import type { Streams } from "../cli";
import type { Tally } from "./objects";

/** Shows how far the sampling of objects has come, where a terminal can; it is gone afterwards. */
export class Progress {
    private readonly bar: SingleBar | undefined;

    /** @param locations How many there are. */
    constructor({ stderr }: Pick<Streams, "stderr">, locations: number) {
        if (stderr.isTTY && locations > 0) {
            this.bar = new SingleBar({
                stream: stderr,
                format: "objects {bar} {value} of {total} locations; {listed} listed, {looked} looked at",
                clearOnComplete: true,
                hideCursor: true,
            });
            this.bar.start(locations, 0, { listed: 0, looked: 0 });
        }
    }

    update({ locations, listed, looked }: Tally): void {
        this.bar?.update(locations, { listed, looked });
    }

    stop(): void {
        this.bar?.stop();
    }
}
