@rem npm runs the scripts of package.json in cmd.exe, which has no exec of its own.
@%*
