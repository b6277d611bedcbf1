import { CreateScheduleCommand } from "@aws-sdk/client-scheduler";
import { z } from "zod";
import { generated, type Resources, resource, text } from "./resource";

export const scheduler: Resources = {
    "aws:scheduler/schedule:Schedule": resource(
        {
            namePrefix: text,
            description: text,
            scheduleExpression: text,
            scheduleExpressionTimezone: text,
            flexibleTimeWindow: z.strictObject({ mode: z.literal("OFF") }),
            target: z.strictObject({ arn: text, roleArn: text, input: text }),
        },
        async (inputs, { scheduler }) => {
            const name = generated(inputs.namePrefix);
            const { target } = inputs;
            await scheduler.send(
                new CreateScheduleCommand({
                    Name: name,
                    Description: inputs.description,
                    ScheduleExpression: inputs.scheduleExpression,
                    ScheduleExpressionTimezone: inputs.scheduleExpressionTimezone,
                    FlexibleTimeWindow: { Mode: inputs.flexibleTimeWindow.mode },
                    Target: { Arn: target.arn, RoleArn: target.roleArn, Input: target.input },
                }),
            );
            return { id: `default/${name}`, state: { name } };
        },
    ),
};
