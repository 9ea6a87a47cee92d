@echo off
rem Starts the fleet of docker-compose.yml and tries it with one picture. Usage: quickstart.bat [FOLDER]
rem The same as ./quickstart.sh --docker. It needs Docker Desktop, and nothing is installed.
setlocal EnableExtensions DisableDelayedExpansion
if not "%~1"=="" (
  if not exist "%~f1\" call :fail "%~1 is not a folder." & exit /b 2
  set "PICTURES_DIR=%~f1"
)
cd /d "%~dp0"

where docker >nul 2>&1 || (call :fail "Docker is not installed." "Install Docker Desktop, then run this again." & exit /b 1)
docker compose version >nul 2>&1 || (call :fail "Docker has no Compose." "Update Docker Desktop." & exit /b 1)
docker info >nul 2>&1 || (call :fail "The Docker engine does not answer." "Start Docker Desktop, then run this again." & exit /b 1)

if not exist .env call :make_env || exit /b 1
for /f "usebackq eol=# tokens=1* delims==" %%a in (".env") do if not defined %%a set "%%a=%%b"
if not defined IMAGEFLEET_TOKEN call :fail "IMAGEFLEET_TOKEN in .env is empty." "Put 16 or more letters and digits there, or remove .env: it is made anew." & exit /b 1
if not defined IMAGEFLEET_PORT set "IMAGEFLEET_PORT=8000"
if not defined PICTURES_DIR set "PICTURES_DIR=resources\samples"
set "url=http://127.0.0.1:%IMAGEFLEET_PORT%"

echo Building the image and starting the fleet; the first time takes some minutes ...
docker compose up --build --detach --wait --wait-timeout 300
if errorlevel 1 (
  docker compose ps --all
  docker compose logs --tail 20
  call :fail "The fleet did not start; its last lines are above." "All of them: docker compose logs"
  exit /b 1
)

rem The command prompt reads no JSON; PowerShell does. The calls are those of quickstart.sh.
powershell -NoProfile -ExecutionPolicy Bypass -File scripts\quickstart-docker.ps1 -Url "%url%" -Pictures "%PICTURES_DIR%"
exit /b %errorlevel%

:make_env
echo Making .env with new tokens and a password for Grafana ...
powershell -NoProfile -Command "$r = [Security.Cryptography.RandomNumberGenerator]::Create(); $b = New-Object byte[] 32; (Get-Content .env.example) | ForEach-Object { if ($_ -match '^(IMAGEFLEET_TOKEN|IMAGEFLEET_READ_ONLY_TOKEN|GRAFANA_PASSWORD)=$') { $r.GetBytes($b); $_ + -join ($b | ForEach-Object { $_.ToString('x2') }) } else { $_ } } | Set-Content -Encoding ascii .env"
exit /b %errorlevel%

:fail
>&2 echo imagefleet: %~1
if not "%~2"=="" >&2 echo   %~2
exit /b 0
