@echo off
rem Runs the built command line on the Node that Imagefleet brings, from any folder.
setlocal
set "root=%~dp0.."
set "node=%root%\node_modules\node\bin\node.exe"
set "cli=%root%\out\main\cli.js"
if not exist "%node%" (
  echo imagefleet: its Node is not installed; run: cd /d "%root%" ^&^& npm ci ^&^& npm run build>&2
  exit /b 1
)
if not exist "%cli%" (
  echo imagefleet: it is not built; run: cd /d "%root%" ^&^& npm run build>&2
  exit /b 1
)
"%node%" --max-semi-space-size=8 "%cli%" %*
exit /b %errorlevel%
