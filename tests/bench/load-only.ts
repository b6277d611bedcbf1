/** The baseline of `render`: loads the same packages, under the same runner, and does nothing. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import * as fflate from "fflate";
import * as yaml from "yaml";
import * as zod from "zod";

console.log([aws, pulumi, tls, fflate, yaml, zod].length);
