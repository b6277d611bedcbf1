/** An access key that no account has. */
export const ACCESS_KEY = "AKIAQ3EGT7JUDGEX4M2P";
export const SECRET_KEY = "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";
export const PASSWORD = "Tr0ub4dor-and-3-horses";

/** Small config.yml files: from 0.17 to 1.0.4, of batch and of stream-enrich, finished and as templates. */
export const SEEDS: Readonly<Record<string, string>> = {
    "0.17, finished": `
aws:
  access_key_id: ${ACCESS_KEY}
  secret_access_key: ${SECRET_KEY}
  s3:
    region: eu-west-1
    buckets:
      assets: s3://snowplow-hosted-assets
      jsonpath_assets:
      log: s3n://acme-logs/emr
      raw: { in: [s3n://acme-collector/logs], processing: s3n://acme-pipeline/processing, archive: s3://acme-archive/raw }
      enriched: { good: s3://acme-pipeline/enriched/good, bad: s3://acme-pipeline/enriched/bad, errors: , archive: s3://acme-archive/enriched }
      shredded: { good: s3://acme-pipeline/shredded/good, bad: s3://acme-pipeline/shredded/bad, errors: , archive: s3://acme-archive/shredded }
  emr:
    ami_version: 3.6.0
    region: eu-west-1
    jobflow_role: EMR_EC2_DefaultRole
    service_role: EMR_DefaultRole
    placement:
    ec2_subnet_id: subnet-0123456789abcdef0
    ec2_key_name: acme
    bootstrap: []
    software: { hbase: , lingual: }
    jobflow: { master_instance_type: m1.medium, core_instance_count: 2, core_instance_type: m1.medium, task_instance_count: 0, task_instance_type: m1.medium, task_instance_bid: 0.015 }
    bootstrap_failure_tries: 3
collectors: { format: cloudfront }
enrich:
  job_name: Acme ETL
  versions: { hadoop_enrich: 1.0.0, hadoop_shred: 0.4.0 }
  continue_on_unexpected_error: false
  output_compression: NONE
storage:
  download: { folder: }
  targets:
    - { name: Acme Redshift, type: redshift, host: acme.example.com, port: 5439, password: ${PASSWORD}, maxerror: 1 }
monitoring:
  tags: {}
  logging: { level: DEBUG }
  snowplow: { method: get, app_id: acme, collector: collector.example.com }
`,
    "0.30, Jinja": `
aws:
  access_key_id: "{{ access_key }}"
  secret_access_key: "{{ secret_key }}"
  s3:
    region: "{{ region }}"
    buckets:
      assets: s3://snowplow-hosted-assets
      jsonpath_assets: s3://acme-jsonpaths
      log: s3://{{ prefix }}-logs/emr
      raw: { in: ["s3://{{ prefix }}-collector/logs", s3://acme-collector/logs], processing: s3://acme-pipeline/processing, archive: s3://acme-archive/raw }
      enriched: { good: s3://acme-pipeline/enriched/good, bad: s3://acme-pipeline/enriched/bad, errors: , archive: s3://acme-archive/enriched }
      shredded: { good: s3://acme-pipeline/shredded/good, bad: s3://acme-pipeline/shredded/bad, errors: , archive: s3://acme-archive/shredded }
  emr:
    ami_version: 5.9.0
    region: "{{ region }}"
    jobflow_role: EMR_EC2_DefaultRole
    service_role: EMR_DefaultRole
    placement:
    ec2_subnet_id: "{{ subnet }}"
    ec2_key_name: "{{ key }}"
    bootstrap: [s3://acme-scripts/setup.sh]
    software: { hbase: , lingual: }
    jobflow: { job_name: Acme ETL, master_instance_type: m4.large, core_instance_count: 2, core_instance_type: m4.large, task_instance_count: 0, task_instance_type: m4.large, task_instance_bid: }
    bootstrap_failure_tries: 3
    configuration: { yarn-site: { yarn.resourcemanager.am.max-attempts: "1" }, spark: { maximizeResourceAllocation: "true" } }
    additional_info:
collectors: { format: thrift }
enrich: { versions: { spark_enrich: 1.10.0 }, continue_on_unexpected_error: false, output_compression: NONE }
storage: { versions: { rdb_loader: 0.14.0, rdb_shredder: 0.13.0, hadoop_elasticsearch: 0.1.0 } }
monitoring: { tags: { owner: data }, logging: { level: INFO } }
`,
    "0.33, finished": `
aws:
  access_key_id: <%= ENV['AWS_SNOWPLOW_ACCESS_KEY'] %>
  secret_access_key: <%= ENV['AWS_SNOWPLOW_SECRET_KEY'] %>
  s3:
    region: eu-central-1
    buckets:
      assets: s3://snowplow-hosted-assets
      jsonpath_assets:
      log: s3://acme-logs/emr/
      encrypted: false
      raw: { in: [s3://acme-collector/a, s3://acme-collector/b], processing: s3://acme-pipeline/processing, archive: s3://acme-archive/raw }
      enriched: { good: s3://acme-pipeline/enriched/good, bad: s3://acme-pipeline/enriched/bad, errors: , archive: s3://acme-archive/enriched }
      shredded: { good: s3://acme-pipeline/shredded/good, bad: s3://acme-pipeline/shredded/bad, errors: , archive: s3://acme-archive/shredded }
  emr:
    ami_version: 5.9.0
    region: eu-central-1
    jobflow_role: EMR_EC2_DefaultRole
    service_role: EMR_DefaultRole
    placement:
    ec2_subnet_id: subnet-0123456789abcdef0
    ec2_key_name: acme
    security_configuration:
    bootstrap: []
    software: { hbase: , lingual: }
    jobflow: { job_name: Acme ETL, master_instance_type: m4.large, core_instance_count: 3, core_instance_type: m4.xlarge, core_instance_ebs: { volume_size: 50, volume_type: gp2, ebs_optimized: false }, task_instance_count: 1, task_instance_type: m4.large, task_instance_bid: 0.025 }
    bootstrap_failure_tries: 2
    configuration: { yarn-site: { yarn.resourcemanager.am.max-attempts: "1" } }
    additional_info:
collectors: { format: clj-tomcat }
enrich: { versions: { spark_enrich: 1.13.0 }, continue_on_unexpected_error: false, output_compression: GZIP }
storage: { versions: { rdb_loader: 0.14.0, rdb_shredder: 0.13.0, hadoop_elasticsearch: 0.1.0 } }
monitoring:
  tags: { team: data, cost-centre: "0042" }
  logging: { level: INFO }
  snowplow: { method: get, protocol: https, port: 443, app_id: acme, collector: collector.example.com }
`,
    "1.0.4, finished": `
aws:
  access_key_id: <%= ENV['AWS_SNOWPLOW_ACCESS_KEY'] %>
  secret_access_key: <%= ENV['AWS_SNOWPLOW_SECRET_KEY'] %>
  s3:
    region: us-east-1
    buckets:
      assets: s3://snowplow-hosted-assets
      jsonpath_assets: s3://acme-jsonpaths
      log: s3://acme-logs/emr
      encrypted: true
      raw: { in: [s3://acme-collector/logs], processing: s3://acme-pipeline/processing, archive: s3://acme-archive/raw }
      enriched: { good: s3://acme-pipeline/enriched/good, bad: s3://acme-pipeline/enriched/bad, errors: , archive: s3://acme-archive/enriched }
      shredded: { good: s3://acme-pipeline/shredded/good, bad: s3://acme-pipeline/shredded/bad, errors: , archive: s3://acme-archive/shredded }
    consolidate_shredded_output: false
  emr:
    ami_version: 5.36.2
    region: us-east-1
    jobflow_role: EMR_EC2_DefaultRole
    service_role: EMR_DefaultRole
    placement:
    ec2_subnet_id: subnet-0123456789abcdef0
    ec2_key_name: acme
    security_configuration: acme-security
    bootstrap: [s3://acme-scripts/a.sh, s3://acme-scripts/b.sh]
    software: { hbase: , lingual: }
    jobflow: { job_name: Acme ETL, master_instance_type: m4.large, core_instance_count: 2, core_instance_type: m4.large, core_instance_bid: 0.1, core_instance_ebs: , task_instance_count: 0, task_instance_type: m4.large, task_instance_bid: }
    bootstrap_failure_tries: 3
    configuration: { yarn-site: { yarn.resourcemanager.am.max-attempts: "1" }, spark: { maximizeResourceAllocation: "true" } }
    additional_info: '{"a":"b"}'
collectors: { format: thrift }
enrich: { versions: { spark_enrich: 1.18.0 }, continue_on_unexpected_error: false, output_compression: NONE }
storage: { versions: { rdb_loader: 0.17.0, rdb_shredder: 0.16.0, hadoop_elasticsearch: 0.1.0 } }
monitoring: { tags: { team: data }, logging: { level: DEBUG } }
`,
    "1.0.4, stream-enrich": `
aws:
  access_key_id: <%= ENV['AWS_SNOWPLOW_ACCESS_KEY'] %>
  secret_access_key: <%= ENV['AWS_SNOWPLOW_SECRET_KEY'] %>
  s3:
    region: eu-west-1
    buckets:
      assets: s3://snowplow-hosted-assets
      jsonpath_assets:
      log: s3://acme-logs/emr
      encrypted: false
      enriched: { good: s3://acme-pipeline/enriched/good, archive: s3://acme-archive/enriched, stream: s3://acme-enriched/stream }
      shredded: { good: s3://acme-pipeline/shredded/good, bad: s3://acme-pipeline/shredded/bad, errors: , archive: s3://acme-archive/shredded }
    consolidate_shredded_output: true
  emr:
    ami_version: 6.10.0
    region: eu-west-1
    jobflow_role: EMR_EC2_DefaultRole
    service_role: EMR_DefaultRole
    placement:
    ec2_subnet_id: subnet-0123456789abcdef0
    ec2_key_name: acme
    security_configuration:
    bootstrap: []
    software: { hbase: , lingual: }
    jobflow: { job_name: Acme ETL, master_instance_type: m5.xlarge, core_instance_count: 2, core_instance_type: m5.xlarge, core_instance_ebs: { volume_size: 100, volume_type: io1, volume_iops: 400 }, task_instance_count: 0, task_instance_type: m5.xlarge, task_instance_bid: }
    bootstrap_failure_tries: 3
    configuration:
    additional_info:
enrich: { output_compression: GZIP }
storage: { versions: { rdb_loader: 0.18.2, rdb_shredder: 0.18.2, hadoop_elasticsearch: 0.1.0 } }
monitoring: { tags: {}, logging: { level: DEBUG } }
`,
    "1.0.4, sample": `
aws:
  access_key_id: <%= ENV['AWS_SNOWPLOW_ACCESS_KEY'] %>
  secret_access_key: <%= ENV['AWS_SNOWPLOW_SECRET_KEY'] %>
  s3:
    region: ADD HERE
    buckets:
      assets: s3://snowplow-hosted-assets
      jsonpath_assets:
      log: ADD HERE
      encrypted: false
      raw: { in: [ADD HERE, ADD HERE], processing: ADD HERE, archive: ADD HERE }
      enriched: { good: ADD HERE, bad: ADD HERE, errors: ADD HERE, archive: ADD HERE }
      shredded: { good: ADD HERE, bad: ADD HERE, errors: ADD HERE, archive: ADD HERE }
    consolidate_shredded_output: false
  emr:
    ami_version: 6.2.0
    region: ADD HERE
    jobflow_role: EMR_EC2_DefaultRole
    service_role: EMR_DefaultRole
    placement: ADD HERE
    ec2_subnet_id: ADD HERE
    ec2_key_name: ADD HERE
    security_configuration: ADD HERE
    bootstrap: []
    software: { hbase: , lingual: }
    jobflow: { job_name: Snowplow ETL, master_instance_type: m4.large, core_instance_count: 2, core_instance_type: m4.large, core_instance_bid: 0.015, core_instance_ebs: { volume_size: 100, volume_type: gp2, volume_iops: 400, ebs_optimized: false }, task_instance_count: 0, task_instance_type: m4.large, task_instance_bid: 0.015 }
    bootstrap_failure_tries: 3
    configuration: { yarn-site: { yarn.resourcemanager.am.max-attempts: "1" }, spark: { maximizeResourceAllocation: "true" } }
    additional_info:
collectors: { format: cloudfront }
enrich: { versions: { spark_enrich: 1.18.0 }, continue_on_unexpected_error: false, output_compression: NONE }
storage: { versions: { rdb_loader: 0.14.0, rdb_shredder: 0.13.1, hadoop_elasticsearch: 0.1.0 } }
monitoring: { tags: {}, logging: { level: DEBUG } }
`,
};
