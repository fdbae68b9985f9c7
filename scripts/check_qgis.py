#!/usr/bin/env python3
"""Open a run's layers in QGIS without a screen: every layer loads, its stored style applies, and is drawn as PNG to look at.

``python3 scripts/check_qgis.py runs/demo --out /tmp/qgis`` with the Python that has QGIS
(Debian: ``apt install python3-qgis``, then ``/usr/bin/python3``). Ends with 1 if a layer fails. Not part of CI.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

PLAIN = ("data_dictionary", "about", "layer_styles")
TOGETHER = ("sites", "links", "fiber", "areas_kabupaten")
WIDTH, HEIGHT = 1200, 700


def vector_layers(package: Path, core: Any) -> tuple[list[Any], list[str]]:
    """Layers of the GeoPackage with their stored styles, and what is wrong with them."""
    faults, layers = [], []
    container = core.QgsVectorLayer(str(package), "all", "ogr")
    names = sorted(text.split("!!::!!")[1] for text in container.dataProvider().subLayers())
    for name in (name for name in names if name not in PLAIN):
        layer = core.QgsVectorLayer(f"{package}|layername={name}", name, "ogr")
        if not layer.isValid() or layer.featureCount() < 1:
            faults.append(f"{name}: cannot be read, or is empty")
            continue
        _, is_styled = layer.loadDefaultStyle()
        faults += [] if is_styled else [f"{name}: no stored style"]
        faults += judge(layer, core)
        layers.append(layer)
    for name in PLAIN:
        if core.QgsVectorLayer(f"{package}|layername={name}", name, "ogr").featureCount() < 1:
            faults.append(f"{name}: this table is missing or empty")
    return layers, faults


def judge(layer: Any, core: Any) -> list[str]:
    """What is wrong with the style of a layer: features that it leaves out."""
    name, renderer = layer.name(), layer.renderer()
    context = core.QgsRenderContext()
    context.expressionContext().appendScopes(core.QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    renderer.startRender(context, layer.fields())
    undrawn = 0
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        undrawn += renderer.symbolForFeature(feature, context) is None
    renderer.stopRender(context)
    n_named = sum(bool(field.alias()) for field in layer.fields())
    text = f"{layer.featureCount():7,} features, {renderer.type()}, {len(renderer.legendSymbolItems())} classes"
    print(f"{name:18} {text}, {n_named} of {len(layer.fields())} columns labelled")
    return [f"{name}: its style leaves out {undrawn} features"] if undrawn else []


def raster_layers(folder: Path, core: Any) -> tuple[list[Any], list[str]]:
    """Rasters beside the GeoPackage."""
    layers = [core.QgsRasterLayer(str(path), path.stem) for path in sorted(folder.glob("*.tif"))]
    for layer in layers:
        print(f"{layer.name():18} {layer.width()} x {layer.height()}, {layer.renderer().type()}")
    return layers, [f"{layer.name()}: cannot be read" for layer in layers if not layer.isValid()]


def draw(layers: list[Any], target: Path, core: Any, gui: Any) -> list[str]:
    """Draw layers, the first on top, over the extent of them all."""
    settings = core.QgsMapSettings()
    settings.setLayers(layers)
    settings.setBackgroundColor(gui.QColor("#e6edf2"))
    settings.setOutputSize(gui.QSize(WIDTH, HEIGHT))
    extent = core.QgsRectangle()
    for layer in layers:
        extent.combineExtentWith(layer.extent())
    extent.scale(1.05)
    extent.grow(0.01)  # one point alone has no extent
    settings.setExtent(extent)
    job = core.QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    picture = job.renderedImage()
    picture.save(str(target))
    print(f"{target}")
    blank = len({picture.pixel(x, y) for x in range(0, WIDTH, 3) for y in range(0, HEIGHT, 3)}) == 1
    return (
        [f"{target.stem}: nothing is drawn"]
        if blank
        else [f"{error.layerID}: {error.message}" for error in job.errors()]
    )


def main(arguments: list[str] | None = None) -> int:
    """Check all layers; answer with the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="run folder with gis/plan.gpkg")
    parser.add_argument("--out", type=Path, default=Path("runs/qgis"), help="folder of the pictures")
    given = parser.parse_args(arguments)
    package = given.run / "gis" / "plan.gpkg"
    if not package.is_file():
        print(f"'{package}' is not there: run a scenario with the format gpkg first", file=sys.stderr)
        return 2
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        from qgis import core
        from qgis.PyQt import QtCore, QtGui
    except ImportError:
        print("needs QGIS: install Debian's python3-qgis and use its Python (/usr/bin/python3)", file=sys.stderr)
        return 2
    QtGui.QSize = QtCore.QSize
    application = core.QgsApplication([], False)  # noqa: FBT003  Qt takes no names
    application.initQgis()
    given.out.mkdir(parents=True, exist_ok=True)
    layers, faults = vector_layers(package, core)
    rasters, more = raster_layers(package.parent, core)
    faults += more
    for layer in (*layers, *rasters):
        faults += draw([layer], given.out / f"{layer.name()}.png", core, QtGui)
    known = {layer.name(): layer for layer in layers}
    faults += draw([known[name] for name in TOGETHER if name in known], given.out / "together.png", core, QtGui)
    print(
        "\n".join(faults)
        if faults
        else f"QGIS {core.Qgis.QGIS_VERSION}: {len(layers) + len(rasters)} layers load and are drawn"
    )
    sys.stdout.flush()
    os._exit(int(bool(faults)))  # QGIS crashes when Python takes its layers apart


if __name__ == "__main__":
    sys.exit(main())
