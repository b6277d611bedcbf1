import { awsClients, type Clients } from "../../commands/aws";

type Input = Readonly<Record<string, unknown>>;

/** AWS's answers, by the class of the SDK's command; a thrown error is a refusal. */
export type Answers = Readonly<Record<string, (input: Input) => object>>;

export interface FakeAws {
    readonly clients: Clients;
    /** The requests, in order. */
    readonly sent: readonly (readonly [command: string, input: Input])[];
}

/** The SDK's clients, with answers in place of a network. A command without an answer throws. */
export function fakeAws(answers: Answers): FakeAws {
    const sent: [string, Input][] = [];
    const clients = awsClients("eu-west-1");
    const send = async (command: { readonly input: Input }) => {
        const name = command.constructor.name.replace(/Command$/, "");
        sent.push([name, command.input]);
        const answer = answers[name];
        if (!answer) {
            throw new Error(`no answer to ${name}`);
        }
        return answer(command.input);
    };
    for (const client of Object.values(clients)) {
        Object.assign(client, { send });
    }
    return { clients, sent };
}

/** An error as the SDK throws it. */
export function refusal(name: string, message = ""): Error {
    return Object.assign(new Error(message), { name });
}
