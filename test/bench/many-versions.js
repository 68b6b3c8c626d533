/** `node test/bench/many-versions.js COUNT`: S3 and S3 Control of a bucket with so many versions, and of a job that replicates them. Prints its port. */
import { createServer } from 'node:http';

const count = Number(process.argv[2]);
const tasksInLook = Math.ceil(count / 200);
let looks = 0;

const page = 1000;
const keyOf = (number) => `old/${String(number).padStart(9, '0')}`;

function listVersions(query) {
  const marker = query.get('key-marker');
  const first = marker === null ? 0 : Number(marker.slice('old/'.length)) + 1;
  const last = Math.min(first + page, count);
  const versions = Array.from({ length: last - first }, (_, index) => {
    const key = keyOf(first + index);
    return `<Version><Key>${key}</Key><VersionId>v${key}</VersionId><IsLatest>true</IsLatest><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag><Size>1024</Size><StorageClass>STANDARD</StorageClass></Version>`;
  });
  const more = last < count;
  const next = more
    ? `<NextKeyMarker>${keyOf(last - 1)}</NextKeyMarker><NextVersionIdMarker>v</NextVersionIdMarker>`
    : '';
  return `<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${more}</IsTruncated>${next}${versions.join('')}</ListVersionsResult>`;
}

function describeJob() {
  looks += 1;
  const done = Math.min(count, looks * tasksInLook);
  const status = done < count ? 'Active' : 'Complete';
  return `<DescribeJobResult xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"><Job><JobId>00000000-job</JobId><Status>${status}</Status><ConfirmationRequired>false</ConfirmationRequired><ProgressSummary><TotalNumberOfTasks>${count}</TotalNumberOfTasks><NumberOfTasksSucceeded>${done}</NumberOfTasksSucceeded><NumberOfTasksFailed>0</NumberOfTasksFailed></ProgressSummary></Job></DescribeJobResult>`;
}

function answer({ method, url }) {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  if (searchParams.has('versions')) return listVersions(searchParams);
  if (pathname.endsWith('/jobs') && method === 'POST')
    return '<CreateJobResult xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"><JobId>00000000-job</JobId></CreateJobResult>';
  if (pathname.endsWith('/jobs'))
    return '<ListJobsResult xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"><Jobs/></ListJobsResult>';
  if (pathname.includes('/jobs/')) return describeJob();
  // STS: whoever asks.
  return '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::ACCOUNT:user/bench</Arn><UserId>AIDA</UserId><Account>ACCOUNT</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';
}

const server = createServer((request, response) => {
  // The access key says whose account it is.
  const [, account = ''] = /Credential=BENCH(\d{12})/.exec(request.headers.authorization ?? '') ?? [];
  request.resume().on('end', () => {
    response.setHeader('content-type', 'application/xml');
    response.end(`<?xml version="1.0"?>${answer(request).replaceAll('ACCOUNT', account)}`);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
