import { awsClients, type Clients } from "../../commands/aws";

type Input = Readonly<Record<string, unknown>>;

/** AWS's answers, by the class of the SDK's command; a thrown error is a refusal. */
export type Answers = Readonly<Record<string, (input: Input) => object>>;

export interface FakeAws {
    readonly clients: Clients;
    /** The requests, in order. */
    readonly sent: readonly (readonly [command: string, input: Input])[];
}

/** The clients of commands, with answers in place of a network. A call without an answer fails. */
export function fakeAws(answers: Answers): FakeAws {
    const sent: [string, Input][] = [];
    const clients = awsClients("eu-west-1");
    for (const { middlewareStack } of Object.values(clients)) {
        (middlewareStack as Clients["s3"]["middlewareStack"]).add(
            (_, { commandName = "" }) =>
                async ({ input }) => {
                    const name = commandName.replace(/Command$/, "");
                    sent.push([name, input as unknown as Input]);
                    const answer = answers[name];
                    if (!answer) {
                        throw new Error(`no answer to ${name}`);
                    }
                    return { response: {}, output: { $metadata: {}, ...answer(input as unknown as Input) } };
                },
            { step: "initialize", priority: "low" },
        );
    }
    return { clients, sent };
}

/** An error as the SDK throws it. */
export function refusal(name: string, message = ""): Error {
    return Object.assign(new Error(message), { name });
}
