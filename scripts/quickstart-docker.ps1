# Called by quickstart.bat once the fleet runs: one picture is enqueued, indexed and found. The token is IMAGEFLEET_TOKEN's.
param([string]$Url, [string]$Pictures)
$ErrorActionPreference = 'Stop'
$headers = @{ Authorization = "Bearer $env:IMAGEFLEET_TOKEN" }

function Invoke-Fleet([string]$Path, $Body) {
  Write-Host "`n> $Url$Path"
  $call = @{ Uri = "$Url$Path"; Headers = $headers; UseBasicParsing = $true; TimeoutSec = 60 }
  if ($Body) { $call += @{ Method = 'Post'; ContentType = 'application/json; charset=utf-8' } }
  if ($Body) { $call.Body = [Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -Compress $Body)) }
  $answer = Invoke-RestMethod @call
  Write-Host (ConvertTo-Json -Compress -Depth 8 $answer)
  $answer
}

try {
  $root = (Resolve-Path $Pictures).Path
  $picture = Get-ChildItem $root -Recurse -File -Include *.jpg, *.jpeg, *.png, *.webp | Sort-Object FullName | Select-Object -First 1
  if (-not $picture) { throw "There is no JPEG, PNG or WebP in $root to try the fleet with." }
  $image = '/pictures/' + $picture.FullName.Substring($root.TrimEnd('\').Length + 1).Replace('\', '/')

  Invoke-Fleet '/health' | Out-Null
  $task = (Invoke-Fleet '/queue/enqueue' @{ image_path = $image }).task_id
  for ($waited = 0; ; $waited++) {
    $status = Invoke-Fleet "/queue/status/$task"
    if ($status.status -eq 'completed') { break }
    if ($status.status -eq 'failed') { throw "Indexing $image failed: $($status.error.message)" }
    if ($waited -ge 120) { throw "$image is not indexed after 120 s. What the workers say: docker compose logs worker" }
    Start-Sleep -Seconds 1
  }
  $found = Invoke-Fleet '/search' @{ image_path = $image; limit = 1 }
  if ($found.results[0].image_id -ne $status.result.image_id) { throw "The search did not find $image." }
} catch {
  [Console]::Error.WriteLine("imagefleet: $_")
  exit 1
}
Write-Host "`nThe fleet works: $image was indexed and found."
Write-Host 'Next:'
Write-Host '  docker compose up --detach --scale worker=10    more workers'
Write-Host '  docker compose exec api imagefleet status       what runs'
Write-Host '  docker compose down                             stops it; --volumes forgets everything'
Write-Host 'The token is in .env; docs/docker.md has the rest.'
