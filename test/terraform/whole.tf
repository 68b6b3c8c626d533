terraform {
  required_providers { aws = { source = "hashicorp/aws" } }
}
variable "url" { type = string }
variable "seconds" {
  type    = number
  default = 7200
}
provider "aws" {
  region                  = "eu-west-1"
  access_key              = "SANDBOX111111111111"
  secret_key              = "any"
  skip_metadata_api_check = true
  s3_use_path_style       = true
  default_tags { tags = { team = "platform", stage = "test" } }
  endpoints {
    s3  = var.url
    kms = var.url
    iam = var.url
    sts = var.url
  }
}
provider "aws" {
  alias                   = "dr"
  region                  = "eu-central-1"
  access_key              = "SANDBOX222222222222"
  secret_key              = "any"
  skip_metadata_api_check = true
  s3_use_path_style       = true
  default_tags { tags = { team = "platform", stage = "test" } }
  endpoints {
    s3  = var.url
    kms = var.url
    iam = var.url
    sts = var.url
  }
}
resource "aws_kms_key" "source" {
  description         = "source"
  enable_key_rotation = true
}
resource "aws_kms_alias" "source" {
  name          = "alias/whole-source"
  target_key_id = aws_kms_key.source.id
}
resource "aws_kms_key" "replica" {
  provider                = aws.dr
  description             = "replica"
  deletion_window_in_days = 7
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Root", Effect = "Allow", Principal = { AWS = "arn:aws:iam::222222222222:root" }, Action = "kms:*", Resource = "*" },
      { Sid = "Replication", Effect = "Allow", Principal = { AWS = aws_iam_role.replication.arn }, Action = ["kms:Encrypt", "kms:GenerateDataKey", "kms:Decrypt"], Resource = "*" },
    ]
  })
}
# Somebody had made it by hand, with tags of their own.
import {
  to = aws_s3_bucket.source
  id = "whole-source"
}
resource "aws_s3_bucket" "source" {
  bucket        = "whole-source"
  force_destroy = true
  tags          = { cost = "17" }
}
resource "aws_s3_bucket" "replica" {
  provider      = aws.dr
  bucket        = "whole-replica"
  force_destroy = true
}
resource "aws_s3_bucket_versioning" "source" {
  bucket = aws_s3_bucket.source.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_versioning" "replica" {
  provider = aws.dr
  bucket   = aws_s3_bucket.replica.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "source" {
  bucket = aws_s3_bucket.source.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.source.arn
    }
    bucket_key_enabled = true
  }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "replica" {
  provider = aws.dr
  bucket   = aws_s3_bucket.replica.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.replica.arn
    }
    bucket_key_enabled = true
  }
}
resource "aws_s3_bucket_public_access_block" "source" {
  bucket                  = aws_s3_bucket.source.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_ownership_controls" "replica" {
  provider = aws.dr
  bucket   = aws_s3_bucket.replica.id
  rule { object_ownership = "BucketOwnerPreferred" }
}
resource "aws_s3_bucket_acl" "replica" {
  provider   = aws.dr
  depends_on = [aws_s3_bucket_ownership_controls.replica]
  bucket     = aws_s3_bucket.replica.id
  acl        = "private"
}
resource "aws_iam_role" "replication" {
  name                 = "whole-replication"
  description          = "replicates"
  max_session_duration = var.seconds
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_iam_policy" "replication" {
  name = "whole-replication"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:GetReplicationConfiguration", "s3:ListBucket"], Resource = aws_s3_bucket.source.arn },
      { Effect = "Allow", Action = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"], Resource = "${aws_s3_bucket.source.arn}/*" },
      { Effect = "Allow", Action = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner"], Resource = "${aws_s3_bucket.replica.arn}/*" },
      { Effect = "Allow", Action = "kms:Decrypt", Resource = aws_kms_key.source.arn },
      { Effect = "Allow", Action = ["kms:Encrypt", "kms:GenerateDataKey", "kms:Decrypt"], Resource = aws_kms_key.replica.arn },
    ]
  })
}
resource "aws_iam_role_policy_attachment" "replication" {
  role       = aws_iam_role.replication.name
  policy_arn = aws_iam_policy.replication.arn
}
resource "aws_s3_bucket_policy" "replica" {
  provider = aws.dr
  bucket   = aws_s3_bucket.replica.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Replication", Effect = "Allow", Principal = { AWS = aws_iam_role.replication.arn }, Action = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner"], Resource = "${aws_s3_bucket.replica.arn}/*" },
    ]
  })
}
resource "aws_s3_bucket_replication_configuration" "source" {
  depends_on = [aws_s3_bucket_versioning.source, aws_s3_bucket_versioning.replica, aws_iam_role_policy_attachment.replication]
  bucket     = aws_s3_bucket.source.id
  role       = aws_iam_role.replication.arn
  rule {
    id     = "all"
    status = "Enabled"
    filter {}
    delete_marker_replication { status = "Enabled" }
    source_selection_criteria {
      sse_kms_encrypted_objects { status = "Enabled" }
    }
    destination {
      bucket  = aws_s3_bucket.replica.arn
      account = "222222222222"
      access_control_translation { owner = "Destination" }
      encryption_configuration { replica_kms_key_id = aws_kms_key.replica.arn }
    }
  }
}
resource "aws_s3_object" "settings" {
  depends_on = [aws_s3_bucket_replication_configuration.source, aws_s3_bucket_server_side_encryption_configuration.source]
  bucket     = aws_s3_bucket.source.id
  key        = "settings.json"
  content    = jsonencode({ seconds = var.seconds })
  tags       = { kind = "settings" }
}
