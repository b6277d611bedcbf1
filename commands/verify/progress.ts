import type { SingleBar } from "cli-progress";
import type { Streams } from "../cli";
import { progressBar } from "../progress-bar";
import type { Tally } from "./control";

const FORMAT = "objects {bar} {value} of {total} locations; {listed} listed, {looked} checked";

/** Shows how far the sampling of objects has come, where a terminal can. */
export class Progress {
    private readonly bar: SingleBar | undefined;

    /** @param locations How many there are. */
    constructor(streams: Pick<Streams, "stderr">, locations: number) {
        this.bar =
            locations > 0 ? progressBar(streams, FORMAT, locations, { listed: 0, looked: 0 }) : undefined;
    }

    update({ locations, listed, looked }: Tally): void {
        this.bar?.update(locations, { listed, looked });
    }

    stop(): void {
        this.bar?.stop();
    }
}
