/** Minutes to wait for an object: what S3 Replication Time Control promises (S3 User Guide, replication-time-control). */
export const usualWait = 15;
