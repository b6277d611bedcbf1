/** Keys of older versions of config.yml, or of other node groups, each with what to do instead. */
export const FORMER_KEYS: Readonly<Record<string, string>> = {
    hadoop_enrich: "rename it to spark_enrich",
    hadoop_shred: "move it to emrEtlRunner.storage.versions.rdb_shredder",
    download: "omit this key: StorageLoader read it, which RDB Loader replaced",
    master_instance_ebs:
        "omit this key: EmrEtlRunner gives EBS volumes to core nodes only, by core_instance_ebs",
    task_instance_ebs:
        "omit this key: EmrEtlRunner gives EBS volumes to core nodes only, by core_instance_ebs",
};
