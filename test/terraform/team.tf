terraform {
  required_providers { aws = { source = "hashicorp/aws" } }
}
variable "url" { type = string }
provider "aws" {
  region                  = "eu-west-1"
  access_key              = "SANDBOX111111111111"
  secret_key              = "any"
  skip_metadata_api_check = true
  s3_use_path_style       = true
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
  endpoints {
    s3  = var.url
    kms = var.url
    iam = var.url
    sts = var.url
  }
}
resource "aws_kms_key" "source" {
  description = "team"
}
resource "aws_kms_key" "replica" {
  provider    = aws.dr
  description = "team"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Root", Effect = "Allow", Principal = { AWS = "arn:aws:iam::222222222222:root" }, Action = "kms:*", Resource = "*" },
      { Sid = "Team", Effect = "Allow", Principal = { AWS = aws_iam_role.team.arn }, Action = ["kms:Encrypt", "kms:GenerateDataKey", "kms:Decrypt"], Resource = "*" },
    ]
  })
}
resource "aws_s3_bucket" "source" { bucket = "team-source" }
resource "aws_s3_bucket" "replica" {
  provider = aws.dr
  bucket   = "team-replica"
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
resource "aws_iam_role" "team" {
  name               = "team-replication"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_iam_role_policy" "team" {
  name = "team"
  role = aws_iam_role.team.id
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
resource "aws_s3_bucket_policy" "replica" {
  provider = aws.dr
  bucket   = aws_s3_bucket.replica.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Team", Effect = "Allow", Principal = { AWS = aws_iam_role.team.arn }, Action = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner"], Resource = "${aws_s3_bucket.replica.arn}/*" },
    ]
  })
}
resource "aws_s3_bucket_replication_configuration" "team" {
  depends_on = [aws_s3_bucket_versioning.source, aws_s3_bucket_versioning.replica, aws_iam_role_policy.team]
  bucket     = aws_s3_bucket.source.id
  role       = aws_iam_role.team.arn
  rule {
    id       = "team"
    priority = 10
    status   = "Enabled"
    filter { prefix = "team/" }
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
output "source_key" { value = aws_kms_key.source.arn }
output "replica_key" { value = aws_kms_key.replica.arn }
