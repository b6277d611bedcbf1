import { bucketsClosed, bucketsEncrypted, bucketsTlsOnly } from "./buckets";
import { noWorldOpenIngress } from "./ingress";
import { keysRotate } from "./keys";
import { productionProtected } from "./protection";
import { noPublicGrants } from "./public-grants";
import type { ResourceRule, StackRule } from "./resource";
import { noWildcardResources } from "./wildcards";

export const RESOURCE_RULES: readonly ResourceRule[] = [
    noPublicGrants,
    noWorldOpenIngress,
    keysRotate,
    noWildcardResources,
    productionProtected,
];

export const STACK_RULES: readonly StackRule[] = [bucketsEncrypted, bucketsClosed, bucketsTlsOnly];
